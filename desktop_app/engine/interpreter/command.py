"""The bubblewrap command: every option that makes the sandbox one."""

from pathlib import Path

from desktop_app.engine.interpreter import bundle as files
from desktop_app.engine.interpreter.bundle import Bind, Bundle
from desktop_app.engine.port import Limits

_SHARED_MEMORY_BYTES = 256 * 1024**2
_TEMPORARY_BYTES = 512 * 1024**2
_UID = "1000"


def options(bundle: Bundle, workspace: Path, limits: Limits, info_fd: int) -> list[str]:
    """All options, for `bwrap --args`."""
    shared = min(_SHARED_MEMORY_BYTES, limits.memory_bytes // 4)
    temporary = min(_TEMPORARY_BYTES, limits.memory_bytes // 4)
    args = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    args += ["--cap-drop", "ALL", "--uid", _UID, "--gid", _UID, "--hostname", "sandbox", "--info-fd", str(info_fd)]
    for bind in (*bundle.system, *bundle.binds):
        args += ["--ro-bind", str(bind.source), bind.target]
    for target, name in bundle.links:
        args += ["--symlink", target, name]
    for name in ("passwd", "group", "nsswitch.conf", "hosts"):
        args += ["--symlink", f"{files.RUNNER}/etc/{name}", f"/etc/{name}"]
    args += ["--proc", "/proc", "--dev", "/dev"]
    args += ["--perms", "1777", "--size", str(shared), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    args += ["--perms", "1777", "--size", str(temporary), "--tmpfs", "/tmp"]  # noqa: S108
    return [*args, "--bind", str(workspace), files.WORKSPACE, "--remount-ro", "/", "--chdir", files.WORKSPACE]


def program(bundle: Bundle, limits: Limits, frames_fd: int) -> list[str]:
    """What runs in the sandbox."""
    numbers = (frames_fd, limits.memory_bytes, limits.processes, limits.file_bytes)
    return [bundle.executable, "-m", Path(files.RUNNER).name, *map(str, numbers)]


def staged(bundle: Bundle, workspace: Path, stage: Path) -> tuple[Bundle, Path, list[str]]:
    """The same bundle and workspace as `launch` will show them under the stage, and the sources it has to bind."""
    sources = [str(bind.source) for bind in bundle.binds] + [str(workspace)]
    binds = tuple(Bind(stage / str(number), bind.target) for number, bind in enumerate(bundle.binds))
    moved = Bundle(bundle.executable, bundle.system, binds, bundle.links)
    return moved, stage / str(len(binds)), sources
