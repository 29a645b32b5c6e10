"""Speaks HTTP to an endpoint: patience, one retry, and errors in our own words."""

import asyncio
import contextlib
import email.utils
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx2

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import fault
from desktop_app.engine.models.chat.address import is_loopback

_ERROR_BODY = 64 * 1024  # bytes of an error answer that are read
_LIST_BODY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        first_byte: A local model may load for minutes before it says anything.
        idle: Between two pieces of an answer.
        loading: For a server that says it is still loading the model.
        back_off: Before the one retry.
        retry_after: The longest wait that a server may ask for.
    """

    connect: float = 10
    first_byte: float = 600
    idle: float = 300
    listing: float = 30
    loading: float = 600
    back_off: float = 1
    retry_after: float = 60


class Client:
    """A connection to one endpoint, for one task. Use it as a context manager.

    Raises:
        DeskError: (all methods) see `fault`. UNAUTHORIZED too if the key cannot be sent in a header.
    """

    def __init__(self, base_url: str, key: str, patience: Patience) -> None:
        self.base_url = base_url.rstrip("/")
        self._key = key.strip()
        self._patience = patience
        if not (self._key.isascii() and self._key.isprintable()):
            raise DeskError(ErrorCode.UNAUTHORIZED, "the key holds characters no key has", cause="characters")
        try:
            address = httpx2.URL(self.base_url)
        except httpx2.InvalidURL:
            raise DeskError(ErrorCode.ADDRESS_INVALID, "no usable http address", cause="address") from None
        if address.scheme not in ("http", "https") or not address.host:
            raise DeskError(ErrorCode.ADDRESS_INVALID, "no usable http address", cause="scheme")
        self._http = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx2.Timeout(None, connect=patience.connect),
            trust_env=not is_loopback(address.host),  # a proxy cannot reach this computer
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> object:
        """Returns the JSON that a GET answers."""
        url = self.base_url + path
        async with self._open("GET", url, None, self._patience.first_byte) as answer:
            body = await answer.text(_LIST_BODY)
        if answer.status >= 300:
            raise fault.from_answer(answer.status, body, self._key)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            cause = "html" if body.lstrip().startswith("<") else "not_json"
            raise DeskError(ErrorCode.ADDRESS_INVALID, "the answer is no JSON", cause=cause) from None

    async def post(self, path: str, body: Mapping[str, object], model: str) -> AsyncGenerator[bytes, None]:
        """Yields the bytes of the answer as they come; at least one piece.

        Before the first byte a failed connection, 429 and 5xx are tried once more, and a server that is loading its
        model is asked until it has. Closing the iterator closes the connection, and so stops the model.
        """
        url = self.base_url + path
        loading_until = time.monotonic() + self._patience.loading
        is_last = False
        while True:
            try:
                async with self._open("POST", url, body, self._patience.first_byte) as answer:
                    if answer.status < 300:
                        data = await answer.read()
                        _require(data)
                        while data:
                            yield data
                            data = await answer.read()
                        return
                    text = await answer.text(_ERROR_BODY)
                    retry_after = _retry_after(answer.headers)
                raise fault.from_answer(answer.status, text, self._key, retry_after=retry_after, model=model)
            except DeskError as error:
                is_loading = _is_loading(error) and time.monotonic() < loading_until
                wait = self._wait(error)
                if wait is None or (is_last and not is_loading):
                    raise
                is_last = not is_loading
            await asyncio.sleep(wait)

    def _wait(self, error: DeskError) -> float | None:
        """Seconds until another try, or None if it would be of no use."""
        match error.code:
            case ErrorCode.CONNECTION_FAILED if error.info.data.get("cause") in ("refused", "reset", "unreachable"):
                return self._patience.back_off
            case ErrorCode.RATE_LIMITED:
                wait = float(error.info.data.get("retry_after", self._patience.back_off))
                return wait if wait <= self._patience.retry_after else None
            case ErrorCode.SERVER_FAILED:
                return self._patience.back_off
            case _:
                return None

    @contextlib.asynccontextmanager
    async def _open(
        self, method: str, url: str, body: Mapping[str, object] | None, seconds: float
    ) -> AsyncIterator["_Answer"]:
        headers = {"Accept": "text/event-stream, application/json"} if body is not None else {}
        try:
            request = self._http.build_request(method, url, json=body, headers=headers)
            async with asyncio.timeout(seconds):
                response = await self._http.send(request, stream=True)
        except (httpx2.HTTPError, OSError, ExceptionGroup) as error:
            failure = fault.from_transport(error, url, self._key)
        except (httpx2.InvalidURL, UnicodeError):
            failure = DeskError(ErrorCode.ADDRESS_INVALID, "no usable http address", cause="address")
        else:
            answer = _Answer(response, self._key, self._patience)
            try:
                yield answer
            finally:
                await answer.aclose()
            return
        # Raised outside of `except`, so that no request, with the key in its headers, hangs on to the error.
        raise failure


class _Answer:
    """The answer to one request, read piece by piece."""

    def __init__(self, response: httpx2.Response, key: str, patience: Patience) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._pieces = aiter(response.aiter_bytes())
        self._key = key
        self._patience = patience
        self._began = False

    async def aclose(self) -> None:
        """Closes the connection, unless everything was read."""
        await self._response.aclose()
        if isinstance(self._pieces, AsyncGenerator):
            await self._pieces.aclose()

    async def read(self) -> bytes:
        """Returns the next piece, empty at the end."""
        try:
            async with asyncio.timeout(self._patience.idle if self._began else self._patience.first_byte):
                data = await anext(self._pieces, b"")
        except (httpx2.HTTPError, OSError, ExceptionGroup) as error:
            failure = fault.from_transport(error, str(self._response.url), self._key)
        else:
            self._began = self._began or bool(data)
            return data
        if self._began and failure.code is not ErrorCode.TIMED_OUT:
            failure = DeskError(ErrorCode.STREAM_DROPPED, failure.info.detail)
        raise failure

    async def text(self, limit: int) -> str:
        """Returns the first `limit` bytes as text, or what there is of them if the connection breaks."""
        data = bytearray(await self.read())
        with contextlib.suppress(DeskError):
            while data and len(data) < limit and (piece := await self.read()):
                data += piece
        return data[:limit].decode("utf-8", errors="replace")


def _require(data: bytes) -> None:
    if not data:
        raise DeskError(ErrorCode.CONNECTION_FAILED, "an empty answer", cause="reset")


def _is_loading(error: DeskError) -> bool:
    """Whether a server (llama.cpp: 503 "Loading model") only needs time."""
    return error.code is ErrorCode.SERVER_FAILED and "loading" in error.info.detail.lower()


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after` (a number or a date, RFC 9110)."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        with contextlib.suppress(ValueError):
            return max(0.0, float(value) * factor)
    with contextlib.suppress(ValueError, TypeError):
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, date.timestamp() - time.time())
    return None
