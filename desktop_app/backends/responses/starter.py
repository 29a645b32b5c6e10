"""Asks a service for a run, once: whatever may have begun one is never sent again."""

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.backends.responses.citation import citations
from desktop_app.backends.responses.conversation import CONTAINER, RUN, RUN_AFTER
from desktop_app.backends.responses.request import Requests
from desktop_app.backends.responses.run import Listening, Pair
from desktop_app.backends.responses.stream import ResponseDecoder
from desktop_app.backends.wire.doubt import may_have_arrived
from desktop_app.backends.wire.shape import Json, objects
from desktop_app.domain.entity import Remark, RemarkKind
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import RunRequest

if TYPE_CHECKING:
    from desktop_app.backends.responses.container import Place
    from desktop_app.backends.responses.service import ResponsesService
    from desktop_app.backends.wire.stream import EventStream


class Starter:
    """One run, until its first event is here.

    Attributes:
        remarks: What the transcript shall say of the run's beginning.
    """

    def __init__(self, service: "ResponsesService", requests: Requests, request: RunRequest) -> None:
        self.remarks: tuple[Remark, ...] = ()
        self._service = service
        self._requests = requests
        self._request = request

    async def start(self) -> tuple[Listening, "EventStream", Pair | None]:
        """Asks for the run.

        Raises:
            DeskError: Why there is none; after an ambiguous failure there may be one.
        """
        conversations, thread_id = self._service.conversations, self._request.thread_id
        try:
            marks = await conversations.marks(thread_id)
            place = await self._place(marks.get(CONTAINER, ""))
            after = await conversations.last_item(thread_id)
            told = {RUN: self._request.client_id, RUN_AFTER: after} | ({CONTAINER: place.mark} if place else {})
            await conversations.mark(thread_id, told)
            return await self._ask(place)
        except BaseException:  # stopped in the middle, too: what was marked may have arrived
            conversations.forget(thread_id)
            raise
        finally:
            conversations.grow(thread_id)

    async def _ask(self, place: "Place | None") -> tuple[Listening, "EventStream", Pair | None]:
        body = self._requests.run(self._request, place)
        has_new_container = False
        while True:
            try:
                opening = partial(self._open, body)
                return await self._service.conversations.unlocked(self._request.thread_id, opening)
            except DeskError as error:
                other = self._requests.without_refused(body, error)
                if other is not None:
                    body = other
                elif error.code is ErrorCode.CONTAINER_EXPIRED and place is not None and not has_new_container:
                    has_new_container = True
                    place = await self._replaced(place.mark)
                    body = self._requests.run(self._request, place)
                else:
                    raise

    async def _open(self, body: Json) -> tuple[Listening, "EventStream", Pair | None]:
        decoder = ResponseDecoder(self._service.source)
        run = Listening(decoder, is_background=body.get("background") is True)
        stream = self._service.client.stream("/responses", body)
        try:
            first = await run.next(stream)
        except DeskError as error:
            if may_have_arrived(error):
                self._service.silent_runs.doubt(self._request.client_id)
            raise
        if first is None:
            self._service.silent_runs.doubt(self._request.client_id)
        return run, stream, first

    async def _place(self, mark: str) -> "Place | None":
        """Where the code runs; None for a run that runs none of ours."""
        if self._requests.uses_agent or not self._request.assistant.code_interpreter:
            return None
        try:
            place = await self._service.containers.prepare(mark, self._request.files)
        except DeskError as error:
            if error.code is not ErrorCode.CONTAINER_EXPIRED:
                raise
            self._service.containers.forget(mark)
            place = await self._service.containers.prepare(mark, self._request.files)
        await self._remark(place, has_lost=place.is_new and bool(mark))
        return place

    async def _replaced(self, mark: str) -> "Place":
        """A place for one that was gone when it was to be used."""
        self._service.containers.forget(mark)
        place = await self._service.containers.prepare(mark, self._request.files)
        await self._remark(place, has_lost=True)
        await self._service.conversations.mark(self._request.thread_id, {CONTAINER: place.mark})
        return place

    async def _remark(self, place: "Place", *, has_lost: bool) -> None:
        lost = list(place.lost)
        if has_lost:
            lost += await self._made_and_gone()
        self.remarks = place.remarks
        if lost:
            names = ", ".join(dict.fromkeys(lost))
            self.remarks += (Remark("files-lost", RemarkKind.FILES_LOST, {"names": names}),)

    async def _made_and_gone(self) -> list[str]:
        """The names of files that were made in the conversation and whose bytes are not here."""
        here = {local.file.remote_id for local in self._request.files}
        source = self._service.source(self._request.thread_id)
        listed = await self._service.conversations.items(self._request.thread_id)
        parts = (part for item in listed for part in objects(item, "content"))
        made = {one.file.remote_id: one for part in parts for one in citations(part, source)}
        return [
            one.file.name for one in made.values() if one.file.remote_id not in here and not one.is_shown_as_picture
        ]
