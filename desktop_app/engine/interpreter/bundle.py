"""Which files of this computer a sandbox sees, where it sees them, and with which environment."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("/opt/packages", "/opt/platform-packages")
RUNNER = "/opt/desk/assistant_desk_runner"
WORKSPACE = "/mnt/data"
FONTS = "/opt/fonts"

_PYTHON = "/opt/python"
_LIBRARY_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64")
_ETC = ("ld.so.cache", "fonts", "localtime", "mime.types", "alternatives")
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of this computer, and its place in the sandbox."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts of a Python installation that a sandbox needs.

    Attributes:
        executable: The interpreter's path inside the sandbox.
        system: What everybody on this computer may read.
        binds: What perhaps only we may read.
        links: Symbolic links as (target, path).
    """

    executable: str
    system: tuple[Bind, ...]
    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]


def current(fonts: Path | None) -> Bundle:
    """The bundle of the Python that runs this program, at neutral paths.

    Args:
        fonts: A folder with matplotlib's list of fonts, which takes it a second to make; it need not be there.
    """
    executable = Path(sys.executable).resolve()
    base = Path(sys.base_prefix).resolve()
    runner = Path(__file__).parent / "runner"
    packages = dict.fromkeys(Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib"))
    binds = [Bind(runner, RUNNER), *map(Bind, packages, PACKAGES)]
    if fonts is not None and fonts.is_dir():
        binds.append(Bind(fonts, FONTS))
    if executable.is_relative_to("/usr"):
        inside = str(executable)
    else:
        binds.append(Bind(base, _PYTHON))
        inside = f"{_PYTHON}/{executable.relative_to(base)}"
    system, links = _system()
    return Bundle(inside, system, tuple(binds), links)


def _system() -> tuple[tuple[Bind, ...], tuple[tuple[str, str], ...]]:
    binds = [Bind(Path("/usr"), "/usr")]
    links = []
    for name in _LIBRARY_FOLDERS:
        folder = Path("/", name)
        if folder.is_symlink():
            links.append((str(folder.readlink()), str(folder)))
        elif folder.is_dir():
            binds.append(Bind(folder, str(folder)))
    binds += [Bind(path, str(path)) for name in _ETC if (path := Path("/etc", name)).exists()]
    return tuple(binds), tuple(links)


def environment() -> dict[str, str]:
    """All variables the sandbox gets; bwrap itself is started with these too, since `/proc/1/environ` shows them."""
    threads = str(min(_THREADS, os.cpu_count() or 1))
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/tmp/home",  # noqa: S108  the sandbox has a /tmp of its own
        "USER": "user",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONPATH": ":".join([*PACKAGES, str(Path(RUNNER).parent)]),
        "PYTHONSAFEPATH": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
        "MPLBACKEND": f"module://{Path(RUNNER).name}.figure",
        "OPENBLAS_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "NUMEXPR_NUM_THREADS": threads,
    }
