"""Drops root before bubblewrap starts: `python -I -S launch.py PLAN_FD`. Standard library only.

In a mount namespace of its own it binds what the sandbox may see under a folder that the unprivileged user can reach
(the parents, such as `/root`, are closed to it), gives up every group and privilege for good, and becomes bwrap.
The plan is JSON: `{"uid": int, "stage": path, "sources": [path, ...], "command": [str, ...]}`; source number N appears
as `{stage}/N`.
"""

import ctypes
import json
import os
import stat
import sys
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Becomes bwrap, or ends with the error on standard error."""
    with os.fdopen(int(sys.argv[1]), "rb") as stream:
        plan = json.load(stream)
    _check(_libc.unshare(_CLONE_NEWNS), "unshare")
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _stage(Path(plan["stage"]), plan["sources"])
    _drop(plan["uid"])
    command = plan["command"]
    os.execv(command[0], command)  # noqa: S606  no shell is the point


def _stage(stage: Path, sources: list[str]) -> None:
    """Binds each source under the stage, which itself may hide some of them: so they are opened before."""
    opened = [os.open(source, os.O_PATH | os.O_CLOEXEC) for source in sources]
    _mount("tmpfs", str(stage), "tmpfs", _MS_NOSUID | _MS_NODEV, b"mode=755,size=1m")
    for number, descriptor in enumerate(opened):
        target = stage / str(number)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            target.mkdir()
        else:
            target.touch()
        _mount(f"/proc/self/fd/{descriptor}", str(target), None, _MS_BIND | _MS_REC)
        os.close(descriptor)


def _drop(uid: int) -> None:
    if uid == 0:
        raise PermissionError("code is never run as root")
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: bytes | None = None) -> None:
    result = _libc.mount(
        None if source is None else source.encode(),
        target.encode(),
        None if kind is None else kind.encode(),
        ctypes.c_ulong(flags),
        data,
    )
    _check(result, f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


main()
