"""Each limit ends what exceeds it, and says so in words."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import Finished, Logs, Session
from tests.contract.interpreter import RESTARTED
from tests.contract.step import Step, run
from tests.engine.interpreter.conftest import LIMITS, MakeInterpreter

LOST = "The Python session was ended: variables are gone, files in /mnt/data are kept.\n"


def limit_of(step: Step) -> ErrorCode | None:
    """What ended the step."""
    return None if step.end.limit is None else step.end.limit.code


async def test_time_interrupts_and_keeps_the_state(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, step_seconds=1)).session("thread_1")
    step = await run(session, "kept = 1\nwhile True: pass")
    assert limit_of(step) is ErrorCode.CODE_TIMED_OUT
    assert step.end.limit is not None
    assert step.end.limit.data == {"seconds": "1"}
    assert step.end.error_name == "KeyboardInterrupt"
    assert step.logs.endswith("The code was stopped after 1 seconds, the time limit of a step.\n")
    assert (await run(session, "kept")).logs == "1\n"


@pytest.mark.parametrize(
    "code",
    [
        "import time\nwhile True:\n    try: time.sleep(60)\n    except KeyboardInterrupt: pass",
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(60)",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nwhile True: pass",
        "import ctypes\nctypes.PyDLL(None).sleep(60)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
async def test_code_that_ignores_interrupts_is_killed(make_interpreter: MakeInterpreter, code: str) -> None:
    session = await make_interpreter(replace(LIMITS, step_seconds=0.5, interrupt_grace_seconds=0.5)).session("thread_1")
    await run(session, "x = 1")
    step = await run(session, code)
    assert limit_of(step) is ErrorCode.CODE_TIMED_OUT
    assert step.logs.endswith(f"The code was stopped after 0.5 seconds, the time limit of a step.\n{LOST}")
    assert (await run(session, "'x' in globals()")).logs == f"{RESTARTED}False\n"


async def test_complaint_01_stop_ends_code_that_ignores_it(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, interrupt_grace_seconds=0.5)).session("thread_1")
    events = []
    async for event in session.execute(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('on')\nwhile True: pass"
    ):
        events.append(event)
        if event == Logs("on\n"):
            await session.interrupt()
    assert events[1:-1] == [Logs(f"The code did not react to the interrupt.\n{LOST}")]
    assert isinstance(events[-1], Finished)
    assert (events[-1].error_name, events[-1].limit) == ("KeyboardInterrupt", None)


async def test_a_program_that_the_code_waits_for_stops_too(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, step_seconds=1)).session("thread_1")
    step = await run(session, "kept = 2\nimport os\nos.system('sleep 60')")
    assert limit_of(step) is ErrorCode.CODE_TIMED_OUT
    assert (await run(session, "kept")).logs == "2\n"


async def test_memory_raises_where_python_notices(session: Session) -> None:
    step = await run(session, "kept = 3\nx = bytearray(2 * 1024**3)")
    assert step.end.error_name == "MemoryError"
    assert limit_of(step) is ErrorCode.MEMORY_EXCEEDED
    assert step.logs.endswith("The code needed more memory than a session may use (1 GB).\n")
    assert (await run(session, "kept")).logs == "3\n"


async def test_a_large_array_raises_too(session: Session) -> None:
    step = await run(session, "import numpy\nx = numpy.ones(10**10)")
    assert (step.end.error_name, limit_of(step)) == ("MemoryError", ErrorCode.MEMORY_EXCEEDED)


@pytest.mark.parametrize(
    "code",
    [
        "import os, time\n[os.fork() for _ in range(3)]\nx = os.urandom(1024) * (300 * 1024)\ntime.sleep(60)",
        "import mmap, time\nx = mmap.mmap(-1, 2 * 1024**3)\nfor i in range(0, len(x), 4096): x[i] = 1\ntime.sleep(60)",
    ],
)
async def test_memory_of_all_processes_is_summed(session: Session, code: str) -> None:
    step = await run(session, code)
    assert limit_of(step) is ErrorCode.MEMORY_EXCEEDED
    assert step.logs.endswith(f"The code needed more memory than a session may use (1 GB).\n{LOST}")


@pytest.mark.parametrize(
    "code",
    [
        (
            "for _ in range(2):\n    if os.fork() == 0: break\nheld = []\nwhile len(held) < 200:\n"
            "    held += socket.socketpair()\n    held[-1].setblocking(False)\n"
            "    try:\n        while held[-1].send(bytes(65536)): pass\n    except BlockingIOError: pass\n"
            "time.sleep(60)"
        ),
        (
            "libc = ctypes.CDLL(None)\nlibc.mmap.restype = ctypes.c_void_p\nsize = 2**40\n"
            "start = libc.mmap(None, ctypes.c_size_t(size), 1, 0x4022, -1, ctypes.c_long(0))\n"
            "libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), 15)\n"
            "for place in range(start, start + size, 2**21): ctypes.c_ubyte.from_address(place).value\ntime.sleep(60)"
        ),
        "open('/tmp/file', 'w').close()\nfor n in range(150_000): os.link('/tmp/file', f'/tmp/{n}')\ntime.sleep(60)",
    ],
    ids=["sockets", "page tables", "names"],
)
async def test_memory_of_the_kernel_counts(make_interpreter: MakeInterpreter, code: str) -> None:
    session = await make_interpreter(replace(LIMITS, memory_bytes=256 * 1024**2)).session("thread_1")
    step = await run(session, f"import ctypes, os, socket, time\n{code}")
    assert limit_of(step) is ErrorCode.MEMORY_EXCEEDED
    assert step.end.seconds < 30


async def test_memory_that_processes_share_counts_once(session: Session) -> None:
    code = (
        "import os, time\nx = bytearray(os.urandom(1024)) * (300 * 1024)\npids = []\nfor _ in range(6):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n        time.sleep(1)\n        os._exit(0)\n    pids.append(pid)\n"
        "print([os.waitpid(pid, 0)[1] for pid in pids])"
    )
    step = await run(session, code)
    assert (step.logs, step.end.limit) == ("[0, 0, 0, 0, 0, 0]\n", None)


async def test_files_in_memory_are_limited(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, memory_bytes=400 * 1024**2, file_bytes=10**9)).session("thread_1")
    code = (
        "block = bytes(1024**2)\nfor name in ('/tmp/x', '/dev/shm/x'):\n"
        "    with open(name, 'wb', buffering=0) as f:\n        try:\n"
        "            while True: f.write(block)\n        except OSError as error: print(error.strerror, f.tell() >> 20)"
    )
    step = await run(session, code)
    assert re.fullmatch(r"(No space left on device (99|100)\n){2}", step.logs)


@pytest.mark.parametrize("kind", ["process", "thread"])
async def test_a_fork_bomb_is_stopped(session: Session, kind: str) -> None:
    code = {
        "process": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "thread": (
            "import threading\nthreading.stack_size(2**18)\nfor _ in range(120): threading.Timer(60, print).start()"
        ),
    }[kind]
    step = await run(session, code)
    assert limit_of(step) is ErrorCode.PROCESSES_EXCEEDED
    assert "The code was stopped: it started more processes than a session may have (32).\n" in step.logs
    assert (await run(session, "1 + 1")).logs == f"{RESTARTED}2\n"


async def test_a_disk_filler_is_stopped_and_cleared_away(session: Session) -> None:
    await run(session, "open('kept.txt', 'w').write('kept')")
    code = (
        "block = bytes(1024**2)\nfor n in range(10**6):\n    with open(f'{n}.bin', 'wb') as f:\n"
        "        for _ in range(16): f.write(block)"
    )
    step = await run(session, code)
    assert limit_of(step) is ErrorCode.DISK_EXCEEDED
    assert (
        "wrote more to disk than a session may use (64 MB). The files that this step wrote were removed.\n" in step.logs
    )
    assert step.files == []
    assert [file.name for file in await session.files()] == ["kept.txt"]
    assert (await run(session, "open('kept.txt').read()")).logs == f"{RESTARTED}'kept'\n"


@pytest.mark.parametrize(
    "code",
    [
        (
            "files = []\nwhile True:\n    f = open('x', 'wb', buffering=0); os.unlink('x'); files.append(f)\n"
            "    for _ in range(16): f.write(block)"
        ),
        (
            "os.mkdir('d'); os.chmod('d', 0o300)\nfor n in range(10**6):\n    with open(f'd/{n}', 'wb') as f:\n"
            "        for _ in range(16): f.write(block)"
        ),
        "for n in range(10**7): open(str(n), 'w').close()",
        "for _ in range(3000): os.mkdir('d'); os.chdir('d')\nimport time; time.sleep(60)",
    ],
    ids=["unlinked", "shut folder", "many files", "deep folders"],
)
async def test_disk_cannot_be_filled_out_of_sight(session: Session, code: str) -> None:
    step = await run(session, f"import os\nblock = bytes(1024**2)\n{code}")
    assert limit_of(step) is ErrorCode.DISK_EXCEEDED
    assert await session.files() == ()
    assert (await run(session, "import os; os.listdir('/mnt/data')")).logs.endswith("[]\n")


async def test_one_file_has_a_limit_too(session: Session) -> None:
    step = await run(session, "with open('x', 'wb', buffering=0) as f:\n    while f.write(bytes(1024**2)): pass")
    assert step.end.error_name == "OSError"
    assert "File too large" in step.logs


async def test_endless_output_is_cut_and_counted(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, step_seconds=2)).session("thread_1")
    step = await run(session, "while True: print('x' * 1000)")
    assert 20_000 < len(step.logs) < 25_000
    assert "B more output was cut.]\n" in step.logs
    assert limit_of(step) is ErrorCode.CODE_TIMED_OUT


async def test_a_line_says_how_much_output_was_cut(session: Session) -> None:
    step = await run(session, "print('x' * 20_000 + 'y' * 2048)")
    assert step.logs == "x" * 20_000 + "\n[2 KB more output was cut.]\n"


async def test_more_images_than_allowed_are_counted(session: Session) -> None:
    code = "from PIL import Image\nfor n in range(5): display(Image.new('L', (n + 1, 1)))"
    step = await run(session, code)
    assert [image.width for image in step.images] == [1, 2, 3]
    assert step.logs == "[2 more pictures are not shown: a step shows at most 3.]\n"


async def test_an_idle_session_ends_and_the_next_step_says_so(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, idle_seconds=0.2)).session("thread_1")
    await run(session, "x = 1; open('kept.txt', 'w').write('kept')")
    process = session._process
    assert process is not None
    async with asyncio.timeout(10):
        await process._watch
    assert (await run(session, "'x' in globals(), open('kept.txt').read()")).logs == f"{RESTARTED}(False, 'kept')\n"


async def test_after_a_new_start_of_the_program_the_first_step_says_so(make_interpreter: MakeInterpreter) -> None:
    first = make_interpreter()
    session = await first.session("thread_1")
    await session.probe("print(1)")
    assert (await run(session, "x = 1")).logs == ""
    await first.aclose()
    session = await make_interpreter().session("thread_1")
    await session.probe("print(1)")
    assert (await run(session, "1")).logs == f"{RESTARTED}1\n"


async def test_a_probe_has_the_time_limit(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, step_seconds=0.5)).session("thread_1")
    with pytest.raises(DeskError) as caught:
        await session.probe("while True: pass")
    assert caught.value.code is ErrorCode.CODE_TIMED_OUT


async def test_a_probe_that_crashes_is_an_error(session: Session) -> None:
    with pytest.raises(DeskError) as caught:
        await session.probe("import os; os._exit(1)")
    assert caught.value.code is ErrorCode.SANDBOX_DIED


async def test_uploads_have_limits(session: Session, tmp_path: Path) -> None:
    for size, code in ((33, ErrorCode.FILE_TOO_LARGE), (30, None), (30, None), (30, ErrorCode.DISK_EXCEEDED)):
        source = tmp_path / "source.bin"
        source.write_bytes(b"x" * (size * 1024**2))
        try:
            await session.put_file("data.bin", source)
            raised = None
        except DeskError as error:
            raised = error.code
        assert raised is code


async def test_a_step_too_quick_for_the_watchdog_is_held_to_its_limits(make_interpreter: MakeInterpreter) -> None:
    session = await make_interpreter(replace(LIMITS, disk_bytes=1024**2)).session("thread_1")
    step = await run(session, "open('big.bin', 'wb').write(bytes(2 * 1024**2));")
    assert limit_of(step) is ErrorCode.DISK_EXCEEDED
    assert await session.files() == ()
    assert (await run(session, "1")).logs == f"{RESTARTED}1\n"


async def test_a_full_folder_can_be_cleared_by_the_next_step(make_interpreter: MakeInterpreter, tmp_path: Path) -> None:
    session = await make_interpreter(replace(LIMITS, disk_bytes=1024**2)).session("thread_1")
    await run(session, "1")
    (tmp_path / "threads" / "thread_1" / "data" / "left.bin").write_bytes(bytes(2 * 1024**2))
    step = await run(session, "import os, time\ntime.sleep(0.3)\nos.remove('left.bin')")
    assert (step.logs, step.end.limit, await session.files()) == ("", None, ())


async def test_a_removed_folder_ends_the_sandbox_only(session: Session, tmp_path: Path) -> None:
    await run(session, "1")
    events = []
    async for event in session.execute("print('on')\nwhile True: pass"):
        events.append(event)
        if event == Logs("on\n"):
            (tmp_path / "threads" / "thread_1").rename(tmp_path / "away")
    assert isinstance(events[-1], Finished)
    assert events[-1].limit is not None
    assert "its folder was removed" in events[-1].limit.detail
    assert (await run(session, "1")).logs == "1\n"
