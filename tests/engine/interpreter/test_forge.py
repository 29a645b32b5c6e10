"""Code that ends its own process, or writes the frames of the sandbox's pipe itself: it gains nothing by it."""

import pytest

from desktop_app.domain.error import ErrorCode
from desktop_app.engine.port import Session
from tests.contract.step import run

FRAMES_FD = "int(open('/proc/self/cmdline').read().split('\\0')[-5])"
FORGE = (
    "import os, json, struct\nfd = "
    + FRAMES_FD
    + """
def forge(body, size=None):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    os.write(fd, struct.pack('>I', len(data) if size is None else size) + data)
"""
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import os; os.abort()", "SIGABRT"),
    ],
)
async def test_a_crash_is_told_and_the_next_step_works(session: Session, code: str, words: str) -> None:
    step = await run(session, f"print('on')\nopen('kept.txt', 'w').write('1')\n{code}")
    assert step.logs.startswith("on\n")
    assert words in step.logs
    assert "variables are gone, files in /mnt/data are kept" in step.logs
    assert step.end.limit is not None
    assert step.end.limit.code is ErrorCode.SANDBOX_DIED
    assert step.files == ["kept.txt"]
    following = await run(session, "open('kept.txt').read()")
    assert following.logs.startswith("The Python session was restarted")
    assert following.logs.endswith("'1'\n")


@pytest.mark.parametrize(
    "frame",
    [
        "b'not json'",
        "b'[' * 100000",
        "b'', 2**31",
        "b'[' + b'[],' * 10**6 + b'[]]'",
        "{'type': 'image', 'png': '', 'more': [[]] * 10**6}",
        "{'type': 'ready'}",
        "{'type': 'exec', 'code': '1'}",
        "{'type': 'image', 'png': '***'}",
        "{'type': 'done', 'command': 1, 'error': 5, 'out_of_memory': False}",
        "{'type': 'done', 'command': 'x', 'error': None, 'out_of_memory': False}",
        "['done']",
        "b'\\x80\\x04cos\\nsystem\\n.'",
    ],
)
async def test_a_forged_frame_ends_the_sandbox(session: Session, frame: str) -> None:
    step = await run(session, f"{FORGE}\nforge({frame})\nimport time\ntime.sleep(30)")
    assert step.end.limit is not None
    assert step.end.limit.code is ErrorCode.SANDBOX_DIED
    assert "it broke the protocol" in step.logs
    assert step.end.seconds < 20


async def test_a_forged_end_gains_nothing(session: Session) -> None:
    code = (
        FORGE
        + "forge({'type': 'done', 'command': 1, 'error': 'A\\ud800' + 'x' * 10**5, 'out_of_memory': False})\nx = 1"
    )
    step = await run(session, code)
    assert step.end.error_name is not None
    assert step.end.error_name.startswith("A?")
    assert len(step.end.error_name) == 200
    assert (await run(session, "x, 'next'")).logs == "(1, 'next')\n"


async def test_forged_pictures_are_checked(session: Session) -> None:
    bomb = "b'\\x89PNG\\r\\n\\x1a\\n' + struct.pack('>I4sIIBBBBBI', 13, b'IHDR', 10**6, 10**6, 8, 2, 0, 0, 0, 0)"
    code = FORGE + f"import base64\nforge({{'type': 'image', 'png': base64.b64encode({bomb}).decode()}})\nprint('on')"
    step = await run(session, code)
    assert step.images == []
    assert "[A picture is not shown: " in step.logs
    assert "on\n" in step.logs


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("{'type': 'image', 'png': ''}", "too many pictures"),
        ("{'type': 'done', 'command': 99, 'error': None, 'out_of_memory': False}", "too many ends"),
    ],
)
async def test_a_flood_of_frames_ends_the_sandbox(session: Session, frame: str, words: str) -> None:
    step = await run(session, f"{FORGE}\nwhile True: forge({frame})")
    assert step.end.limit is not None
    assert words in step.logs
