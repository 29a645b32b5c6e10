"""Who provides what: the concrete classes behind the ports, put together."""

import asyncio
import os
import shutil

from desktop_app.app.engine_process import ChildEngine
from desktop_app.backends.assistants.backend import AssistantsBackend
from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.backends.responses.backend import ResponsesBackend
from desktop_app.domain.connection import Connection, ConnectionKind, Network
from desktop_app.domain.port import Backend, Credential, Keychain, Settings
from desktop_app.services.desk import Desk, Outside
from desktop_app.stores.archive.archive import SqliteArchive
from desktop_app.stores.keychain import MemoryKeychain
from desktop_app.system import log
from desktop_app.system.path import Place


async def compose(place: Place, keychain: Keychain, settings: Settings) -> Desk:
    """Opens the archive and makes the services. `Desk.start` has not been called yet.

    Raises:
        DeskError: STORAGE_FAILED, if the archive cannot be opened.
    """
    opened = place.cache / "opened"
    await asyncio.to_thread(shutil.rmtree, opened, ignore_errors=True)
    outside = Outside(
        archive=await SqliteArchive.open(place.data),
        engine=ChildEngine(AssistantsBackend.local),
        make_backend=make_backend,
        identity=EntraIdentity(),
        keychain=keychain,
        memory=MemoryKeychain(),
        settings=settings,
        opened_folder=opened,
        environment=os.environ,
        on_secret=log.redact,
    )
    return Desk(outside)


def make_backend(connection: Connection, credential: Credential, network: Network) -> Backend:
    """The backend for what is at a connection's address."""
    match connection.kind:
        case ConnectionKind.AGENT_SERVICE | ConnectionKind.ASSISTANTS | ConnectionKind.ENGINE:
            return AssistantsBackend(connection, credential, network)
        case ConnectionKind.OPENAI | ConnectionKind.AZURE | ConnectionKind.FOUNDRY:
            return ResponsesBackend(connection, credential, network)
