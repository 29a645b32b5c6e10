"""Requests to a service: JSON in, JSON out, errors as the domain knows them.

The SDK brings connections, retries and its exceptions. Its typed models stay unused: they cost 82 µs an event where
plain JSON costs 11, warn of deprecation at each call, and know less of odd shapes than the adapters' decoders.
Importing this module imports the SDK, which takes most of a second: the backends do it in a thread.
"""

import asyncio
import errno
import json
import ssl
from collections.abc import Awaitable, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import IO, TypeVar, cast

import httpx2
import openai

from desktop_app.backends.wire import fault, refusal
from desktop_app.backends.wire.bearer import Bearer
from desktop_app.backends.wire.disk import opened
from desktop_app.backends.wire.form import FileForm
from desktop_app.backends.wire.limit import rate_limits, retry_after
from desktop_app.backends.wire.route import Route, find_route, trusted
from desktop_app.backends.wire.shape import Json, as_object, invalid, objects, sendable, text
from desktop_app.backends.wire.stream import EventStream
from desktop_app.domain.connection import Network, RateLimits
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential, Progress

T = TypeVar("T")

_TRANSPORT_ERRORS = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, TimeoutError)
_PAGE = 100
_CHUNK_BYTES = 256 * 1024
_SILENT_SECONDS = 5.0
_CLOCK: ContextVar[asyncio.Timeout | None] = ContextVar("clock", default=None)
"""How long the stream that is asked for in this task may take to begin."""


class Client:
    """One service's address, the way there, and who asks.

    Args:
        base_url: What addresses are below: `https://api.openai.com/v1`.
        credential: Asked before each request.
        query: Sent with every request, such as `{"api-version": "v1"}`.
        headers: Sent with every request.

    Attributes:
        limits: What the headers of the last answer said that spoke of limits.

    Raises:
        DeskError: ADDRESS_INVALID, for the address; CONNECTION_FAILED, for the proxy's; FILE_MISSING or
            FILE_UNREADABLE, for the certificates. Blocks while it reads those.
    """

    def __init__(
        self,
        base_url: str,
        credential: Credential,
        network: Network,
        *,
        query: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
    ) -> None:
        self.limits: RateLimits | None = None
        self._route = find_route(base_url, network)
        self._network = network
        self._bearer = Bearer(credential)
        self._timeout = httpx2.Timeout(network.answer_seconds, connect=network.connect_seconds, pool=None)
        self._patient = httpx2.Timeout(network.silence_seconds, connect=network.connect_seconds, pool=None)
        context = trusted(network)
        self._http = httpx2.AsyncClient(
            auth=self._bearer,
            verify=context,
            proxy=_proxy(self._route, context),
            timeout=self._timeout,
            limits=openai.DEFAULT_CONNECTION_LIMITS,
            headers=dict(headers),
            params=dict(query),
            trust_env=False,  # the environment's proxy and certificates are in these already
            event_hooks={"request": [self._start_clock], "response": [self._look_at]},
        )
        self._sdk = openai.AsyncOpenAI(
            base_url=base_url,
            api_key="none",  # `Bearer` brings it
            timeout=self._timeout,
            http_client=self._http,
        )
        # Taken from the environment, which is nobody's business here.
        self._sdk.organization = self._sdk.project = None

    async def get(self, address: str, query: Json | None = None, *, once: bool = False) -> Json:
        """An object. Failures that pass are tried again, but for limits, and unless it is asked for `once`."""
        return self._object(await self._get(address, query, once=once), address)

    async def page(self, address: str, query: Json) -> list[Json]:
        """The first objects of a list, at most a hundred."""
        return objects(await self.get(address, {"limit": _PAGE, **query}), "data")

    async def pages(self, address: str, query: Json) -> list[Json]:
        """Every object of a list, oldest first unless the query says otherwise, however many pages that takes."""
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

    async def post(self, address: str, body: Json, *, once: bool = True) -> Json:
        """Sends an object and returns the answer.

        It is never sent again after a failure, which may have left something behind; `once=False` is for what may be
        done twice.
        """
        return self._object(await self._post(address, body, once=once), address)

    async def delete(self, address: str) -> None:
        """Deletes an object. One that is gone already is no error."""
        request = self._sdk.delete(address, cast_to=httpx2.Response)
        try:
            await self._call(request)
        except DeskError as error:
            if error.code is not ErrorCode.NOT_FOUND or error.info.data.get("status") == "405":
                raise

    def stream(self, address: str, body: Json) -> EventStream:
        """Sends an object once, and yields the names and data of the events that come back."""
        send = partial(self._post, address, body, once=True, is_streamed=True)
        return EventStream(send, self._failure, self._bearer.clean)

    def stream_get(self, address: str, query: Json | None = None) -> EventStream:
        """The events at an address, from where the query says; asked for once."""
        send = partial(self._get, address, query, once=True, is_streamed=True)
        return EventStream(send, self._failure, self._bearer.clean)

    async def upload(
        self, source: Path, name: str, progress: Progress, *, address: str = "/files", purpose: str = "assistants"
    ) -> Json:
        """Uploads a file piece by piece, once; cancelling stops it."""
        form = await opened(partial(FileForm.open, source, name, purpose), FileForm.close)
        async with aclosing(form):
            return self._object(await self._call(self._send(address, form, progress)), address)

    async def download(self, address: str, target: Path, progress: Progress) -> None:
        """Writes the bytes at an address to `target`, which must not exist and is there only if all of them came."""
        failure = None
        try:
            file = await opened(lambda: target.open("xb"), lambda file: _discard(file, target))
            try:
                await self._receive(address, file, progress)
                await asyncio.to_thread(file.close)
            except BaseException:
                await asyncio.to_thread(_discard, file, target)
                raise
        except (*_TRANSPORT_ERRORS, RuntimeError) as error:
            failure = self._failure(error)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.SAVE_FAILED
            failure = DeskError(code, error.strerror or "", name=target.name)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        """Ends all connections."""
        await self._sdk.close()

    async def _get(self, address: str, query: Json | None, *, once: bool, is_streamed: bool = False) -> httpx2.Response:
        options = self._options(once=once, is_streamed=is_streamed)
        options |= {"params": query or {}, "follow_redirects": True}
        request = self._sdk.get(
            address, cast_to=httpx2.Response, options=options, stream=is_streamed, stream_cls=openai.AsyncStream[object]
        )
        # If asked for the response itself the SDK gives that, streamed or not; its types do not say so.
        return await self._call(cast("Awaitable[httpx2.Response]", request), is_streamed=is_streamed)

    async def _post(self, address: str, body: Json, *, once: bool, is_streamed: bool = False) -> httpx2.Response:
        options = self._options(once=once, is_streamed=is_streamed)
        request = self._sdk.post(
            address,
            cast_to=httpx2.Response,
            body=sendable(body),
            options=options,
            stream=is_streamed,
            stream_cls=openai.AsyncStream[object],
        )
        model = body.get("model")
        response = cast("Awaitable[httpx2.Response]", request)
        return await self._call(response, model if isinstance(model, str) else "", is_streamed=is_streamed)

    def _options(self, *, once: bool, is_streamed: bool) -> openai.RequestOptions:
        options: openai.RequestOptions = {"timeout": self._patient if is_streamed else self._timeout}
        return options | {"max_retries": 0} if once else options

    async def _send(self, address: str, form: FileForm, progress: Progress) -> httpx2.Response:
        """Past the SDK, which sends no form but those that it reads from disk itself, on the loop."""
        response = await self._http.post(
            f"{self._sdk.base_url}{address.lstrip('/')}",
            content=form.chunks(progress),
            headers=form.headers,
            timeout=self._patient,
        )
        if response.is_success:
            return response
        raise openai.APIStatusError(f"HTTP {response.status_code}", response=response, body=None)

    async def _receive(self, address: str, file: IO[bytes], progress: Progress) -> None:
        done = 0
        response = await self._get(address, None, once=False, is_streamed=True)
        try:
            total = response.headers.get("content-length", "")
            async for chunk in response.aiter_bytes(_CHUNK_BYTES):
                await asyncio.to_thread(file.write, chunk)
                done += len(chunk)
                progress(done, max(done, int(total) if total.isdecimal() else 0))
        finally:
            await response.aclose()

    async def _start_clock(self, _request: httpx2.Request) -> None:
        """From here on the service takes its time; until here a person may have been signing in."""
        clock = _CLOCK.get()
        if clock is not None:
            seconds = self._network.connect_seconds + self._network.answer_seconds
            clock.reschedule(asyncio.get_running_loop().time() + seconds)

    async def _look_at(self, response: httpx2.Response) -> None:
        self.limits = rate_limits(response.headers) or self.limits
        if response.status_code == 429 or (retry_after(response.headers, "") or 0) > _SILENT_SECONDS:
            # Keeps the SDK from waiting in silence: the services do it where everybody can see it.
            response.headers["x-should-retry"] = "false"

    async def _call(self, request: Awaitable[T], model: str = "", *, is_streamed: bool = False) -> T:
        try:
            # A stream may be silent for longer than its beginning may take.
            async with asyncio.timeout(None) as clock:
                before = _CLOCK.set(clock if is_streamed else None)
                try:
                    return await request
                finally:
                    _CLOCK.reset(before)
        except (*_TRANSPORT_ERRORS, RuntimeError) as error:
            failure = self._failure(error, model)
        # Out here the SDK's exception, which holds the request with its key, is not in the traceback of ours.
        raise failure

    def _object(self, response: httpx2.Response, what: str) -> Json:
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            if response.content.lstrip()[:1] == b"<":  # the page of a proxy or of another server
                raise DeskError(ErrorCode.ADDRESS_INVALID, f"{what} is a web page", cause="html") from None
            raise invalid(f"{what} is no JSON") from None
        return self._bearer.clean(as_object(body, what))

    def _failure(self, error: Exception, model: str = "") -> DeskError:
        """What an exception means. A client that was closed while it is used has no exception of its own class."""
        if isinstance(error, openai.APIStatusError):
            return self._bearer.scrubbed(refusal.from_answer(error.response, self._route, model))
        if isinstance(error, _TRANSPORT_ERRORS):
            return self._bearer.scrubbed(fault.from_transport(error, self._route))
        if not self._http.is_closed:
            raise error
        return DeskError(ErrorCode.CONNECTION_FAILED, str(error), cause="reset", **self._route.place)


def _proxy(route: Route, context: ssl.SSLContext) -> httpx2.Proxy | None:
    is_encrypted = route.proxy.startswith("https:")
    return httpx2.Proxy(route.proxy, ssl_context=context if is_encrypted else None) if route.proxy else None


def _discard(file: IO[bytes], target: Path) -> None:
    file.close()
    target.unlink(missing_ok=True)
