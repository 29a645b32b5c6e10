"""Tries to get out of the sandbox, or to bring something in from outside, the way hostile code would."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Session
from tests.contract.step import Step, read, run
from tests.engine.interpreter.conftest import LIMITS, MakeInterpreter

ROOT = Path(__file__).resolve().parents[3]

TRY = """
import os, sys, socket, ctypes, subprocess
def attempt(action, *args):
    try:
        print('DID', action(*args))
    except (OSError, ValueError) as error:
        print('refused', type(error).__name__, error.errno)
"""


async def attempt(session: Session, *lines: str) -> Step:
    """Run each line with `attempt` at hand."""
    return await run(session, TRY + "\n".join(lines))


def pids_of(command: str) -> list[int]:
    """Return the host's pids of a program in the sandbox."""
    found = subprocess.run(["pgrep", "-f", f"^{command}$"], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def pid_of(command: str) -> int:
    """Return the host's pid of a program in the sandbox, as soon as it can be seen there."""
    deadline = time.monotonic() + 10
    while not (pids := pids_of(command)):
        assert time.monotonic() < deadline, f"{command} does not run"
    return pids[0]


def exists(path: str) -> bool:
    """Whether the host has it."""
    return Path(path).exists()


def owner_of(command: str) -> int:
    """Return the host's uid of a program in the sandbox."""
    return Path("/proc", str(pid_of(command))).stat().st_uid


@contextlib.contextmanager
def bystander_process() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process of the host that nothing in the sandbox may touch."""
    with subprocess.Popen(["sleep", "3456"]) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_the_environment_of_bwrap_holds_no_secret(
    make_interpreter: MakeInterpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_SECRET", "sk-escape")
    monkeypatch.setenv("HOME", "/home/somebody-secret")
    session = await make_interpreter().session("thread_1")
    code = (
        "import glob\nfor path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'): print(open(path).read())"
    )
    step = await run(session, code)
    assert "PYTHONPATH=" in step.logs
    assert "secret" not in step.logs
    assert "sk-escape" not in step.logs


async def test_nothing_of_the_host_is_to_be_seen(session: Session, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    home = Path.home()
    paths = [
        str(tmp_path),
        str(tmp_path / "secret.txt"),
        str(home),
        "/root",
        "/home",
        "/run",
        "/var",
        "/sys",
        "/boot",
        __file__,
    ]
    step = await run(
        session, f"import os\nprint([path for path in {paths} if os.path.exists(path)], sorted(os.listdir('/')))"
    )
    seen = {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "mnt", "opt", "proc", "sbin", "tmp", "usr"}
    assert step.logs.startswith("[] ")
    assert set(eval(step.logs[3:])) <= seen  # noqa: S307 - a list that our own code printed


async def test_only_the_processes_of_the_sandbox_are_seen(session: Session) -> None:
    step = await run(session, "import os\nprint([int(n) for n in os.listdir('/proc') if n.isdecimal()])")
    assert f"{os.getpid()}" not in step.logs or os.getpid() < 20
    assert len(step.logs.split(",")) <= 4


async def test_neither_python_nor_its_parent_has_a_privilege(session: Session) -> None:
    step = await run(
        session,
        "for pid in ('1', 'self'):\n    print([line for line in open(f'/proc/{pid}/status')])",
    )
    for line in (
        "Uid:\\t1000\\t1000\\t1000\\t1000",
        "CapPrm:\\t0000000000000000",
        "CapEff:\\t0000000000000000",
        "NoNewPrivs:\\t1",
        "Seccomp:\\t2",
    ):
        assert step.logs.count(line) == 2


async def test_the_code_gives_way_to_the_window(session: Session) -> None:
    step = await run(session, "import os; os.nice(0)")
    assert int(step.logs) > os.nice(0)


async def test_the_sandbox_of_root_runs_as_somebody_else(session: Session) -> None:
    await run(session, "import subprocess; process = subprocess.Popen(['sleep', '4567'])")
    owner = owner_of("sleep 4567")
    assert owner != 0
    assert owner == os.getuid() or os.getuid() == 0


async def test_the_system_is_read_only(session: Session) -> None:
    paths = [
        "/x",
        "/usr/x",
        "/etc/x",
        "/etc/passwd",
        "/opt/packages/x.py",
        "/dev/x",
        "/opt/desk/x",
        "/mnt/x",
        "/bin/x",
        "/opt/desk/assistant_desk_runner/shell.py",
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/hostname",
    ]
    step = await attempt(session, f"for path in {paths}: attempt(open, path, 'w')")
    assert "DID" not in step.logs
    assert step.logs.count("refused") == len(paths)


async def test_the_temporary_folder_is_its_own(session: Session) -> None:
    name = f"desk-{os.getpid()}"
    await run(session, f"open('/tmp/{name}', 'w').write('x'); open('/dev/shm/{name}', 'w').write('x')")
    assert not exists(f"/tmp/{name}")  # noqa: S108 - the point
    assert not exists(f"/dev/shm/{name}")  # noqa: S108 - the point


async def test_mounts_namespaces_and_kernel_interfaces_are_refused(session: Session) -> None:
    numbers = {
        "x86_64": "101 250 248 321 298 323 425 319 272 308 165 161 155 430 29 68 304 310 54 294 467",
        "aarch64": "117 219 217 280 241 282 425 279 97 268 40 51 41 430 194 186 265 270 208 26 467",
    }[os.uname().machine]
    clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    step = await attempt(
        session,
        "libc = ctypes.CDLL(None, use_errno=True)",
        f"for number in [{numbers.replace(' ', ', ')}]:",
        "    result = libc.syscall(number, 0x10000000, 0, 0, 0, 0)",
        "    print(result, ctypes.get_errno())",
        "print(subprocess.run(['unshare', '-Ur', 'id'], capture_output=True).returncode)",
        "print(libc.syscall(435, 0, 0), ctypes.get_errno())",
        f"print(libc.syscall({clone}, 0x10000011, 0, 0, 0, 0), ctypes.get_errno())",
    )
    count = len(numbers.split())
    assert step.logs == "-1 1\n" * count + "1\n-1 38\n-1 1\n"


async def test_a_system_call_of_another_kind_kills(session: Session) -> None:
    if os.uname().machine != "x86_64":
        pytest.fail("write the 32-bit call of this processor")
    # mov eax, 20 (getpid of i386); int 0x80; ret
    code = (
        "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\n"
        "f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))\nprint('got', f())"
    )
    step = await run(session, code)
    assert "got" not in step.logs
    assert step.end.limit is not None
    assert step.end.limit.code is ErrorCode.SANDBOX_DIED


async def test_no_network_not_even_loopback(session: Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        step = await attempt(
            session,
            f"attempt(socket.create_connection, ('127.0.0.1', {port}))",
            "attempt(socket.create_connection, ('1.1.1.1', 53))",
            "attempt(socket.getaddrinfo, 'example.com', 80)",
            "attempt(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)",
            f"connect = 'echo > /dev/tcp/127.0.0.1/{port}'",
            "print(subprocess.run(['bash', '-c', connect], capture_output=True).returncode)",
        )
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "DID" not in step.logs
    assert step.logs.count("refused") == 4
    assert step.logs.endswith("\n1\n")


async def test_unix_sockets_reach_nobody(session: Session, interpreter_data: Path) -> None:
    """Even one that lies in the workspace itself; abstract ones belong to another network namespace."""
    path = interpreter_data / "bus"
    with socket.socket(socket.AF_UNIX) as server:
        folder = os.open(interpreter_data, os.O_PATH)
        server.bind(f"/proc/self/fd/{folder}/bus")
        os.close(folder)
        path.chmod(0o777)
        server.listen()
        step = await attempt(
            session,
            "attempt(socket.socket, socket.AF_UNIX)",
            "attempt(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM)",
            "a, b = socket.socketpair()",
            "attempt(a.connect, '/mnt/data/bus')",
            "attempt(socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto, b'x', '/mnt/data/bus')",
        )
    assert "DID" not in step.logs
    assert step.logs.count("refused") == 4


@pytest.fixture
async def interpreter_data(session: Session, tmp_path: Path) -> Path:
    """The host's view of the thread's `/mnt/data`."""
    await run(session, "1")
    return tmp_path / "threads" / "thread_1" / "data"


async def test_links_pipes_and_odd_names_are_not_offered(session: Session, tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("private key")
    step = await run(
        session,
        f"import os\nos.symlink({str(secret)!r}, 'chart.png')\nos.symlink('/etc', 'folder')\nos.symlink('.', 'loop')\n"
        "os.mkfifo('pipe.csv')\nopen('a\\nb.txt', 'w').close()\nopen(b'\\xff.txt', 'w').close()\n"
        "open('x\\u202egnp.exe', 'w').close()\nopen('one.txt', 'w').write('1')\nos.link('one.txt', 'two.txt')\n"
        "open('fine.txt', 'w').write('fine');",
    )
    assert step.files == ["fine.txt"]
    assert [file.name for file in await session.files()] == ["fine.txt"]
    assert r"'a\nb.txt'" in step.logs
    assert "Not offered as files: " in step.logs
    for name in (
        "chart.png",
        "folder/hostname",
        "loop/fine.txt",
        "pipe.csv",
        "../started",
        "/etc/hostname",
        "one.txt",
        "",
        ".",
    ):
        with pytest.raises(DeskError) as caught:
            await session.open_file(name)
        assert caught.value.code is ErrorCode.FILE_MISSING


async def test_a_link_put_in_the_way_does_not_lead_an_upload_out(session: Session, tmp_path: Path) -> None:
    target = tmp_path / "victim.txt"
    target.write_text("untouched")
    await run(session, f"import os; os.symlink({str(target)!r}, 'data.csv')")
    source = tmp_path / "data.csv"
    source.write_text("1")
    assert await session.put_file("data.csv", source) == "data (2).csv"
    assert target.read_text() == "untouched"


async def test_a_hard_link_to_something_outside_is_not_offered(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "thread", LIMITS, owner=None)
    workspace.create()
    (tmp_path / "secret").write_text("secret")
    os.link(tmp_path / "secret", workspace.data / "chart.png")
    assert workspace.files() == ()
    with pytest.raises(DeskError):
        workspace.open("chart.png")


async def test_hard_links_cannot_be_made_to_the_system(session: Session) -> None:
    step = await attempt(session, "attempt(os.link, '/etc/passwd', 'p')", "attempt(os.link, '/usr/bin/env', 'e')")
    assert "DID" not in step.logs


async def test_sparse_terabytes_are_refused(session: Session) -> None:
    step = await attempt(
        session,
        "f = open('big.bin', 'wb')",
        "attempt(f.truncate, 10**12)",
        "f.seek(10**12)",
        "attempt(os.pwrite, f.fileno(), b'x', 10**12)",
        "attempt(os.posix_fallocate, f.fileno(), 0, 10**12)",
        "f.close()",
    )
    assert "DID" not in step.logs
    assert (await session.files())[0].size == 0


async def test_no_device_can_be_made(session: Session) -> None:
    step = await attempt(session, "attempt(os.mknod, 'disk', 0o660 | 0o060000, os.makedev(8, 0))")
    assert "DID" not in step.logs


async def test_killing_everything_reaches_only_the_sandbox(session: Session) -> None:
    with bystander_process() as bystander:
        step = await attempt(
            session,
            f"attempt(os.kill, {os.getpid()}, 9)",
            f"attempt(os.kill, {bystander.pid}, 9)",
            "attempt(os.kill, -1, 9)",
            "print('still here')",
        )
        assert bystander.poll() is None
    assert "still here" in step.logs
    assert (await run(session, "1 + 1")).logs == "2\n"


async def test_daemons_end_with_the_session(session: Session, interpreter_data: Path) -> None:
    code = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.close(1); os.close(2)\n        while True:\n"
        "            open('beat', 'w').write(str(time.time())); time.sleep(0.01)\n    os._exit(0)\nos.wait();"
    )
    await run(session, code)
    await run(session, "import os\nwhile not os.path.exists('beat'): pass")
    await session.aclose()
    before = (interpreter_data / "beat").stat().st_mtime_ns
    threading.Event().wait(0.2)
    assert (interpreter_data / "beat").stat().st_mtime_ns == before


def test_the_sandbox_dies_with_a_killed_engine(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from desktop_app.engine.interpreter.factory import make_interpreter\n"
        "async def main():\n"
        "    session = await make_interpreter(Path(sys.argv[1])).session('t')\n"
        '    code = \'import subprocess; p = subprocess.Popen(["sleep", "5678"], start_new_session=True)\'\n'
        "    code += '\\nprint(1)\\nwhile True: pass'\n"
        "    async for event in session.execute(code):\n        print(event, flush=True)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "x")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) as engine:
        assert engine.stdout is not None
        assert b"Logs" in engine.stdout.readline()
        handle = os.pidfd_open(pid_of("sleep 5678"))
        engine.kill()
    ended, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ended


async def test_the_files_of_a_deep_or_closed_tree_can_be_removed(session: Session, interpreter_data: Path) -> None:
    interpreter = interpreter_data.parent
    await run(
        session,
        "import os\nfor _ in range(20): os.mkdir('d'); os.chdir('d')\nopen('x', 'w').close()\n"
        "os.chdir('/mnt/data'); os.mkdir('shut'); open('shut/y', 'w').close()\n"
        "os.mkdir('shut/in'); os.chmod('shut/in', 0); os.chmod('shut', 0)",
    )
    await session.aclose()
    Workspace(interpreter, LIMITS, owner=None).delete()
    assert not interpreter.exists()


async def test_what_is_shut_is_counted_and_can_be_read(session: Session) -> None:
    await run(session, "import os; os.mkdir('shut'); open('shut/y', 'w').write('y'); os.chmod('shut', 0)")
    assert [file.name for file in await session.files()] == ["shut/y"]
    assert await read(session, "shut/y") == b"y"
