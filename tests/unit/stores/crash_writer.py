"""Writes to an archive until it is killed, and says on standard output what has been written.

Arguments: the folder, the first number.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

from desktop_app.domain.entity import Answer, Question, Run, RunState, StoredFile, TextPart, Thread
from desktop_app.stores.archive import SqliteArchive


async def _write_for_ever(folder: Path, first: int) -> None:
    archive = await SqliteArchive.open(folder)
    source = folder.with_name("source")
    for number in count(first):
        source.write_text(f"bytes {number}")
        sha256 = await archive.add_blob(source, lambda _done, _total: None)
        file = StoredFile(f"file_{number}", "data.csv", 9, "text/csv", sha256)
        thread = f"thread_{number}"
        await archive.save_thread(Thread(thread, f"Title {number}", "assistant", 1.0, float(number)))
        await archive.save_question(Question(f"question_{number}", thread, f"word{number}", (file,), 1.0))
        run = Run(f"run_{number}", thread, f"question_{number}", "Analyst", "m", 1.0, remote_id=f"remote_{number}")
        await archive.save_run(run)
        for words in range(3):
            answer = Answer("msg", (TextPart("word " * words),))
            run = Run(*_fields(run), RunState.IN_PROGRESS, run.remote_id, (answer,))
            await archive.save_run(run)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def _fields(run: Run) -> tuple[str, str, str, str, str, float]:
    return run.id, run.thread_id, run.question_id, run.assistant_name, run.model, run.created_at


if __name__ == "__main__":
    asyncio.run(_write_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
