"""What the archive has acknowledged is there after a kill -9, and a full disk spoils nothing."""

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

from desktop_app.domain.entity import Question, Run
from desktop_app.stores.archive import SqliteArchive

KILLS = 20
HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def _write_and_be_killed(folder: Path, first: int, seconds: float) -> list[int]:
    """Return the numbers that a writer acknowledged before it was killed, `seconds` after the first."""
    command = [sys.executable, "-m", "tests.unit.stores.crash_writer", str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline())]
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        timer.join()
    return acknowledged


async def test_nothing_acknowledged_is_lost_by_a_kill(folder: Path) -> None:
    moments = random.Random(20)  # noqa: S311 - moments, no secrets
    acknowledged: list[int] = []
    for kill in range(KILLS):
        acknowledged += _write_and_be_killed(folder, 1000 * kill, moments.uniform(0, 0.1))
        archive = await SqliteArchive.open(folder)
        last = acknowledged[-1]
        question, run = await archive.transcript(f"thread_{last}")
        assert isinstance(question, Question)
        assert isinstance(run, Run)
        assert archive.blob_path(question.files[0].sha256).read_text() == f"bytes {last}"
        assert [hit.thread.title for hit in await archive.search(f"word{last}")][:1] == [f"Title {last}"]
        await archive.aclose()
    archive = await SqliteArchive.open(folder)
    assert {f"thread_{number}" for number in acknowledged} <= {thread.id for thread in await archive.threads()}
    assert {f"remote_{number}" for number in acknowledged} <= {run.remote_id for run in await archive.open_runs()}
    await archive.aclose()


def test_a_full_disk_is_said_and_spoils_nothing() -> None:
    """A disk of 2 MiB, which bubblewrap mounts for this child alone."""
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", str(2 * 1024**2), "--tmpfs", "/mnt"]
    command = [*disk, sys.executable, "-m", "tests.unit.stores.full_disk", "/mnt"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == ["disk_full", "disk_full", "room again", "Before"]
