"""A window in a process of its own, to be killed: `python -m tests.app.victim DEEDS`, where DEEDS is JSON.

It does what a `Person` can do, such as `[["type", "Hello"], ["see", "send"]]`, prints one line, and then idles.
"""

import asyncio
import json
import sys
from pathlib import Path

from desktop_app.app.loop import QtLoop
from desktop_app.app.main import make_application
from tests.app.person import person_at_window

Deeds = list[list[str]]


async def _live(deeds: Deeds) -> None:
    async with person_at_window() as person:
        for name, *words in deeds:
            arguments = [Path(word) if name.startswith("drop") else word for word in words]
            await getattr(person, name)(*arguments)
        sys.stdout.write("done\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main(deeds: Deeds) -> None:
    """Do all this, and wait for the end."""
    app = make_application()
    with asyncio.Runner(loop_factory=lambda: QtLoop(app)) as runner:
        runner.run(_live(deeds))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
