"""Who provides what: the concrete classes behind the ports, put together."""

import asyncio
import shutil

from desktop_app.app.engine_process import ChildEngine
from desktop_app.backends.assistants.backend import AssistantsBackend
from desktop_app.domain.port import Keychain, Settings
from desktop_app.services.desk import Desk
from desktop_app.stores.archive.archive import SqliteArchive
from desktop_app.stores.keychain import MemoryKeychain
from desktop_app.system.path import Place


async def compose(place: Place, keychain: Keychain, settings: Settings) -> Desk:
    """Opens the archive and makes the services. `Desk.start` has not been called yet.

    Raises:
        DeskError: STORAGE_FAILED, if the archive cannot be opened.
    """
    opened = place.cache / "opened"
    await asyncio.to_thread(shutil.rmtree, opened, ignore_errors=True)
    archive = await SqliteArchive.open(place.data)
    return Desk(archive, ChildEngine(AssistantsBackend), keychain, MemoryKeychain(), settings, opened)
