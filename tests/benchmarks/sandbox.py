"""What the sandbox costs, beside the same Python outside of it: `python -m tests.benchmarks.sandbox`.

Prints one JSON object a line: `figure`, `unit`, `ours`, `floor` and their `ratio`, all medians. Floors are a bare
`python -c` with the same imports where a process is started, and `exec` in this process where a step is run.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.interpreter.local import FONTS, LocalInterpreter
from desktop_app.engine.port import Limits

STARTS = 7
STEPS = 200

PLAIN = "print(1)"
PACKAGES = "import pandas, matplotlib.pyplot\nprint(1)"


async def step(interpreter: LocalInterpreter, thread_id: str, code: str) -> float:
    """Return how long a step takes, from the question for the session to its last event."""
    begun = time.perf_counter()
    session = await interpreter.session(thread_id)
    async for _ in session.execute(code):
        pass
    return time.perf_counter() - begun


def plain(code: str) -> float:
    """Return how long the same code takes in a bare Python."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def executed() -> float:
    """Return how long `exec` takes in this process."""
    begun = time.perf_counter()
    with redirect_stdout(StringIO()):
        exec(compile(PLAIN, "<step>", "exec"), {})  # noqa: S102 - the floor that a step is held against
    return time.perf_counter() - begun


def report(figure: str, ours: list[float], floor: list[float]) -> None:
    """Print one figure in milliseconds."""
    high, low = 1000 * statistics.median(ours), 1000 * statistics.median(floor)
    line = {
        "figure": figure,
        "unit": "ms",
        "ours": round(high, 3),
        "floor": round(low, 3),
        "ratio": round(high / low, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")


def interpreter(root: Path, *, keeps_spare: bool) -> LocalInterpreter:
    """Return an interpreter with the limits of the application."""
    return LocalInterpreter(root, Limits(), Bubblewrap(Limits(), fonts=root / FONTS), keeps_spare=keeps_spare)


async def starts(root: Path, figure: str, code: str) -> None:
    """Measure the first result of threads that find no spare; ours and the floor take turns."""
    warm = interpreter(root, keeps_spare=True)  # as after the first use of the application
    await step(warm, "first", PLAIN)
    await warm.warmed()
    await warm.aclose()
    cold = interpreter(root, keeps_spare=False)
    await cold.status()
    ours, floor = [], []
    for number in range(STARTS):
        ours.append(await step(cold, f"thread_{number}", code))
        floor.append(await asyncio.to_thread(plain, code))
        await cold.delete(f"thread_{number}")
    await cold.aclose()
    report(figure, ours, floor)


async def spares(root: Path, figure: str, code: str) -> None:
    """Measure the first result of threads that find the warm spare."""
    warm = interpreter(root, keeps_spare=True)
    await step(warm, "first", PLAIN)
    ours, floor = [], []
    for number in range(STARTS):
        await warm.warmed()
        ours.append(await step(warm, f"thread_{number}", code))
        await warm.warmed()
        floor.append(await asyncio.to_thread(plain, code))
        await warm.delete(f"thread_{number}")
    await warm.aclose()
    report(figure, ours, floor)


async def steps(root: Path) -> None:
    """Measure the round trip of a step in a sandbox that runs."""
    cold = interpreter(root, keeps_spare=False)
    await step(cold, "thread", PLAIN)
    ours = [await step(cold, "thread", PLAIN) for _ in range(STEPS)]
    await cold.aclose()
    report("round trip of a step", ours, [executed() for _ in range(STEPS)])


async def main() -> None:
    """Measure everything, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        await starts(root / "plain", "start to first result", PLAIN)
        await starts(root / "packages", "start to first result, pandas and matplotlib", PACKAGES)
        await spares(root / "spare", "start to first result, pandas and matplotlib, warm spare", PACKAGES)
        await steps(root / "steps")


if __name__ == "__main__":
    asyncio.run(main())
