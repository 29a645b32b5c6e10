"""Fills the disk under an archive for real, makes room again, and prints the error codes that came.

Argument: a folder on a small disk of its own.
"""

import asyncio
import json
import sys
from pathlib import Path

from desktop_app.domain.entity import Thread
from desktop_app.domain.error import DeskError
from desktop_app.stores.archive import SqliteArchive


async def _fill(folder: Path) -> list[str]:
    archive = await SqliteArchive.open(folder / "archive")
    thread = Thread("thread", "Before", "assistant", 1.0, 1.0)
    await archive.save_thread(thread)
    codes = []
    try:
        await archive.add_blob(Path(sys.executable), _ignore)
    except DeskError as error:
        codes.append(str(error.code))
    ballast = folder / "ballast"
    _fill_up(ballast)
    try:
        await archive.save_draft("thread", "x" * 1024**2)
    except DeskError as error:
        codes.append(str(error.code))
    ballast.unlink()
    await archive.save_draft("thread", "room again")
    codes.append(await archive.draft("thread"))
    codes.extend(found.title for found in await archive.threads())
    await archive.aclose()
    return codes


def _fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def _ignore(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_fill(Path(sys.argv[1])))))
