"""The assistants that a service keeps: listed, taken over, deleted there."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop_app.domain.connection import RemoteAssistant
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Assistant
from desktop_app.domain.error import ErrorInfo
from desktop_app.domain.port import Archive
from desktop_app.services.assistant import Assistants
from desktop_app.services.backend_source import Backends
from desktop_app.services.identity import new_id, now
from desktop_app.services.task import TaskScope

_CLIENT_ID = "client_id"
"""What the app's id is called in the metadata of an assistant that the app made."""


@dataclass(frozen=True, slots=True)
class AssistantListing:
    """What a service keeps.

    Attributes:
        assistants: As the service listed them last, newest first.
        error: Why it did not list them now, or did not delete one; None if all went well.
        local_ids: The app's id of each one that is here too, by the service's id.
    """

    connection_id: str
    assistants: tuple[RemoteAssistant, ...] = ()
    error: ErrorInfo | None = None
    local_ids: Mapping[str, str] = field(default_factory=dict)


class RemoteAssistants:
    """Ties a service's assistants to the app's: those that were taken over are known again, and so are the app's own.

    Attributes:
        listed: The answer to `list`; also what is different after `adopt` and `delete`.
    """

    def __init__(self, archive: Archive, backends: Backends, assistants: Assistants, scope: TaskScope) -> None:
        self.listed: Emitter[AssistantListing] = Emitter()
        self._archive = archive
        self._backends = backends
        self._assistants = assistants
        self._scope = scope
        self._last: dict[str, AssistantListing] = {}
        self._lock = asyncio.Lock()

    def list(self, connection_id: str) -> None:
        """Asks the service; the answer comes on `listed`."""
        slot = f"list-assistants:{connection_id}"
        self._scope.start(slot, self._list(connection_id), lambda error: self._fail(connection_id, error))

    def adopt(self, connection_id: str, remote: RemoteAssistant) -> None:
        """Makes an assistant of the app equal to this one and ties them: the one that was tied before, or a new one."""
        self._scope.write(self._adopt(connection_id, remote))

    def delete(self, connection_id: str, remote_id: str) -> None:
        """Deletes one on the service. The app's own stays, and is created there anew when it is used there."""
        slot = f"delete-assistant:{connection_id}:{remote_id}"
        work = self._delete(connection_id, remote_id)
        self._scope.start(slot, work, lambda error: self._fail(connection_id, error))

    async def _list(self, connection_id: str) -> None:
        backend = await self._backends.of(connection_id)
        await self._show(connection_id, await backend.list_assistants())

    async def _adopt(self, connection_id: str, remote: RemoteAssistant) -> None:
        async with self._lock:  # a double click makes one assistant
            known = (await self._local_ids(connection_id, [remote])).get(remote.id, "")
            local = self._assistants.get(known) or Assistant(new_id("assistant"), "", created_at=now())
            # First: if the program ends in between, the service's id belongs to nobody, which does no harm.
            await self._archive.save_remote_assistant_id(connection_id, local.id, remote.id)
            adopted = replace(
                local,
                name=remote.name or remote.id,
                description=remote.description,
                instructions=remote.instructions,
                model=remote.model,
                code_interpreter=remote.code_interpreter,
            )
            self._assistants.update(adopted)
        await self._show(connection_id, self._assistants_of(connection_id))

    async def _delete(self, connection_id: str, remote_id: str) -> None:
        backend = await self._backends.of(connection_id)
        await backend.delete_assistant(remote_id)
        for local in self._assistants.items:
            if await self._archive.remote_assistant_id(connection_id, local.id) == remote_id:
                await self._archive.save_remote_assistant_id(connection_id, local.id, "")
        left = (remote for remote in self._assistants_of(connection_id) if remote.id != remote_id)
        await self._show(connection_id, left)

    def _assistants_of(self, connection_id: str) -> tuple[RemoteAssistant, ...]:
        return self._last[connection_id].assistants if connection_id in self._last else ()

    async def _show(self, connection_id: str, assistants: Iterable[RemoteAssistant]) -> None:
        shown = tuple(assistants)
        local_ids = await self._local_ids(connection_id, shown)
        self._emit(AssistantListing(connection_id, shown, local_ids=local_ids))

    def _fail(self, connection_id: str, error: ErrorInfo) -> None:
        self._emit(replace(self._last.get(connection_id) or AssistantListing(connection_id), error=error))

    def _emit(self, listing: AssistantListing) -> None:
        self._last[listing.connection_id] = listing
        self.listed.emit(listing)

    async def _local_ids(self, connection_id: str, remotes: Iterable[RemoteAssistant]) -> dict[str, str]:
        """The app's id of each one that is here, by the service's: as it was tied, else as its metadata say."""
        tied: dict[str, str] = {}
        for local in self._assistants.items:
            tied[await self._archive.remote_assistant_id(connection_id, local.id)] = local.id
        found = ((remote.id, tied.get(remote.id) or remote.metadata.get(_CLIENT_ID, "")) for remote in remotes)
        return {remote_id: local_id for remote_id, local_id in found if self._assistants.get(local_id)}
