"""Requests to a service: JSON in, JSON out, errors as the domain knows them.

The SDK brings connections, retries, its decoder of events and its exceptions. Its typed models stay unused: they cost
82 µs an event where plain JSON costs 11, warn of deprecation at each call, and know less of odd shapes than
`decode.py`. Importing this module imports the SDK, which takes most of a second: `backend.py` does it in a thread.
"""

import asyncio
import errno
import ipaddress
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai

from desktop_app.backends.wire.disk import opened
from desktop_app.backends.wire.error import TRANSPORT_ERRORS, translate
from desktop_app.backends.wire.form import FileForm
from desktop_app.backends.wire.shape import Json, as_object, invalid, objects, text
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Progress

T = TypeVar("T")

_HEADERS = {"OpenAI-Beta": "assistants=v2"}
_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
_STREAM_TIMEOUT = httpx2.Timeout(300.0, connect=10.0)
_PAGE = 100
_CHUNK_BYTES = 256 * 1024


class Client:
    """One service's address and key."""

    def __init__(self, base_url: str, api_key: str) -> None:
        # An empty key makes an invalid header; servers without keys do not look at it.
        self._api_key = api_key
        self._http = openai.DefaultAsyncHttpxClient(trust_env=not _is_loopback(base_url))
        self._sdk = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            timeout=_TIMEOUT,
            default_headers=_HEADERS,
            http_client=self._http,
        )
        # Taken from the environment, which is nobody's business here.
        self._sdk.organization = self._sdk.project = None
        self._files = self._sdk.files.with_streaming_response  # loads a module: here, off the loop

    async def get(self, address: str, query: Json | None = None) -> Json:
        """An object."""
        request = self._sdk.get(address, cast_to=object, options={"params": query or {}})
        return as_object(await self._call(request), address)

    async def page(self, address: str, query: Json) -> list[Json]:
        """The first objects of a list, at most a hundred."""
        return objects(await self.get(address, {"limit": _PAGE, **query}), "data")

    async def pages(self, address: str, query: Json) -> list[Json]:
        """Every object of a list, oldest first, however many pages that takes."""
        found: list[Json] = []
        after: Json = {}
        while True:
            answer = await self.get(address, {"limit": _PAGE, "order": "asc", **query, **after})
            page = objects(answer, "data")
            found += page
            if not page or answer.get("has_more") is not True:
                return found
            if after == {"after": text(page[-1], "id")}:
                raise invalid(f"{address} repeats a page")
            after = {"after": text(page[-1], "id")}

    async def post(self, address: str, body: Json, *, once: bool = False) -> Json:
        """Sends an object and returns the answer. With `once` it is never sent again after an ambiguous failure."""
        options: openai.RequestOptions = {"max_retries": 0} if once else {}
        return as_object(await self._call(self._sdk.post(address, cast_to=object, body=body, options=options)), address)

    async def delete(self, address: str) -> None:
        """Deletes an object. One that is gone already is no error."""
        try:
            await self._call(self._sdk.delete(address, cast_to=object))
        except DeskError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise

    async def stream(self, address: str, body: Json) -> AsyncGenerator[tuple[str, Json], None]:
        """Sends an object once, and yields the names and data of the events that come back."""
        request = self._sdk.post(
            address,
            cast_to=object,
            body=body,
            options={"max_retries": 0, "synthesize_event_and_data": True, "timeout": _STREAM_TIMEOUT},
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        stream = await self._call(request)
        failure = None
        try:
            async for event in stream:
                pair = as_object(event, "event")
                if isinstance(pair.get("event"), str) and isinstance(pair.get("data"), dict):
                    yield pair["event"], pair["data"]
        except (*TRANSPORT_ERRORS, RuntimeError) as error:
            failure = self._failure(error)
        finally:
            await stream.close()
        if failure is not None:
            raise failure

    async def upload(self, source: Path, name: str, progress: Progress) -> Json:
        """Uploads a file piece by piece; cancelling stops it."""
        form = await opened(partial(FileForm.open, source, name), FileForm.close)
        async with aclosing(form):
            return as_object(await self._call(self._send(form, progress)), "/files")

    async def _send(self, form: FileForm, progress: Progress) -> object:
        """Past the SDK, which sends no form but those that it reads from disk itself, on the loop."""
        response = await self._http.post(
            f"{self._sdk.base_url}files",
            content=form.chunks(progress),
            headers={**self._sdk.auth_headers, **form.headers},
        )
        if response.is_success:
            return response.json()
        try:
            body = response.json()
        except ValueError:
            body = response.text
        described = body.get("error", body) if isinstance(body, dict) else body
        raise openai.APIStatusError(f"HTTP {response.status_code}", response=response, body=described)

    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target`, which must not exist and is there only if all of them came."""
        failure = None
        try:
            file = await opened(lambda: target.open("xb"), lambda file: _discard(file, target))
            try:
                await self._receive(file_id, file, progress)
                await asyncio.to_thread(file.close)
            except BaseException:
                await asyncio.to_thread(_discard, file, target)
                raise
        except (*TRANSPORT_ERRORS, RuntimeError) as error:
            failure = self._failure(error)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.SAVE_FAILED
            failure = DeskError(code, error.strerror or "", name=target.name)
        if failure is not None:
            raise failure

    async def _receive(self, file_id: str, file: IO[bytes], progress: Progress) -> None:
        done = 0
        async with self._files.content(file_id) as response:
            total = response.headers.get("content-length", "")
            async for chunk in response.iter_bytes(_CHUNK_BYTES):
                await asyncio.to_thread(file.write, chunk)
                done += len(chunk)
                progress(done, max(done, int(total) if total.isdecimal() else 0))

    async def aclose(self) -> None:
        """Ends all connections."""
        await self._sdk.close()

    def _failure(self, error: Exception) -> DeskError:
        """What an exception means. A client that was closed while it is used has no exception of its own class."""
        if isinstance(error, TRANSPORT_ERRORS):
            return translate(error, self._api_key)
        if not self._http.is_closed:
            raise error
        return DeskError(ErrorCode.CONNECTION_FAILED, str(error))

    async def _call(self, request: Awaitable[T]) -> T:
        try:
            return await request
        except (*TRANSPORT_ERRORS, RuntimeError) as error:
            failure = self._failure(error)
        # Out here the SDK's exception, which holds the request with its key, is not in the traceback of ours.
        raise failure


def _discard(file: IO[bytes], target: Path) -> None:
    file.close()
    target.unlink(missing_ok=True)


def _is_loopback(base_url: str) -> bool:
    """Whether no proxy of the environment has anything to do with it."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
