"""How long the window takes to its first paint, against an empty QMainWindow: `python -m tests.benchmarks.startup`.

Each start is a process of its own, measured from before it is made until it has painted; ours and the floor take turns.
Prints one JSON object a line with the medians and their ratio, for wall-clock and for CPU time.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTS = 15
LIMIT = 1.5

_FLOOR = """
import sys
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def event(self, event):
        result = super().event(event)
        if event.type() == QEvent.Type.Paint:
            app.quit()
        return result

app = QApplication(sys.argv)
window = Window()
window.resize(1280, 820)
window.show()
app.exec()
"""
_OURS = """
import gc
from desktop_app.cli import main
gc.disable()  # as `main` does
from desktop_app.app import main as start
from desktop_app.app.look import StoredLook
from desktop_app.system.path import locate

place = locate().make()
app = start.make_application()
theme, window = start.open_window(app, StoredLook(place.settings))
window.painted.connect(app.quit)
app.exec()
"""
_REPORT = """
import os, sys, time
sys.stdout.write(f"{time.time()} {time.process_time()}")
sys.stdout.flush()
os._exit(0)
"""


def first_paint(program: str, home: Path) -> tuple[float, float]:
    """Start `program`; return the seconds of wall clock and of CPU until it has painted."""
    environment = {**os.environ, "ASSISTANT_DESK_HOME": str(home)}
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program + _REPORT], env=environment, capture_output=True, text=True, check=True
    )
    ended, cpu = map(float, done.stdout.split())
    return ended - began, cpu


def measure(starts: int = STARTS) -> list[dict[str, object]]:
    """Return both figures, in milliseconds."""
    ours, floor = [], []
    with tempfile.TemporaryDirectory() as folder:
        for program in (_OURS, _FLOOR):  # the first of each compiles and fills the disk's cache
            first_paint(program, Path(folder))
        for _ in range(starts):
            ours.append(first_paint(_OURS, Path(folder)))
            floor.append(first_paint(_FLOOR, Path(folder)))
    result: list[dict[str, object]] = []
    for place, figure in enumerate(("first paint, wall clock", "first paint, CPU")):
        mine = statistics.median(one[place] for one in ours) * 1000
        least = statistics.median(one[place] for one in floor) * 1000
        result.append(
            {
                "figure": figure,
                "unit": "ms",
                "ours": round(mine, 1),
                "floor": round(least, 1),
                "ratio": round(mine / least, 2),
            }
        )
    return result


if __name__ == "__main__":
    figures = measure()
    for line in figures:
        sys.stdout.write(json.dumps(line) + "\n")
    sys.exit(any(float(str(line["ratio"])) > LIMIT for line in figures))
