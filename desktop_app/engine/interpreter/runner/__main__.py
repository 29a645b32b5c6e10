"""Serves commands until their pipe closes: `python -m assistant_desk_runner FRAMES_FD MEMORY PROCESSES FILE_SIZE`."""

import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from . import limit
from .channel import Channel
from .shell import Shell

_FONTS = "/opt/fonts"
_WARM = """
import glob, matplotlib, numpy, pandas, shutil
import matplotlib.pyplot
for path in glob.glob(matplotlib.get_cachedir() + "/fontlist-*.json"):
    shutil.copy(path, "/mnt/data")
"""


def main() -> None:
    """Sets the limits, starts IPython and runs one command after the other."""
    frames, memory, processes, file_size = map(int, sys.argv[1:5])
    sys.argv[:] = [""]
    commands = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.set_inheritable(frames, False)
    limit.restrict(memory, processes, file_size)
    _make_folders()
    sys.path.append(os.getcwd())  # noqa: PTH109  last, so that no file of the person's shadows a package
    channel = Channel(commands, frames)
    shell = Shell(channel)
    work: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_listen, args=(channel, work), daemon=True).start()
    channel.send({"type": "ready"})
    while True:
        command = work.get()
        match command["type"]:
            case "run":
                end = shell.run(command["code"])
            case "probe":
                end = shell.probe(command["code"])
            case _:
                end = shell.probe(_WARM)
        channel.send({**end, "command": command["command"]})


def _make_folders() -> None:
    for name in ("HOME", "MPLCONFIGDIR"):
        Path(os.environ[name]).mkdir(exist_ok=True)
    if Path(_FONTS).is_dir():
        shutil.copytree(_FONTS, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)


def _listen(channel: Channel, work: "queue.SimpleQueue[dict[str, Any]]") -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for command in channel.commands():
        if command["type"] == "interrupt":
            # As Ctrl-C in a terminal does: the whole group, so that a program the code waits for stops too.
            os.kill(0, signal.SIGINT)
        else:
            work.put(command)
    os._exit(0)  # the engine is gone


main()
