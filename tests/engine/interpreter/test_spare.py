"""One warm sandbox waits for the next new thread, and has seen no other's files."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.interpreter.local import FONTS, LocalInterpreter
from desktop_app.engine.port import Limits
from tests.contract.step import run
from tests.engine.interpreter.conftest import LIMITS

LOADED = "import sys\nprint([name in sys.modules for name in ('pandas', 'matplotlib.pyplot')])"


def spares(root: Path) -> list[Path]:
    """Return the folders that wait for a thread."""
    return list(root.glob(".spare-*"))


@pytest.fixture
async def interpreter(tmp_path: Path) -> AsyncIterator[LocalInterpreter]:
    limits: Limits = LIMITS
    interpreter = LocalInterpreter(tmp_path, limits, Bubblewrap(limits, fonts=tmp_path / FONTS))
    yield interpreter
    await interpreter.aclose()
    assert spares(tmp_path) == []


async def test_a_new_thread_gets_the_warm_spare(interpreter: LocalInterpreter, tmp_path: Path) -> None:
    first = await interpreter.session("first")
    assert (await run(first, LOADED)).logs == "[False, False]\n"
    await interpreter.warmed()
    assert len(spares(tmp_path)) == 1
    second = await interpreter.session("second")
    assert spares(tmp_path) == []
    source = tmp_path / "data.csv"
    source.write_text("a\n1\n")
    await second.put_file("data.csv", source)
    step = await run(second, f"{LOADED}\nopen('new.txt', 'w').write(open('data.csv').read())")
    assert step.logs == "[True, True]\n4\n"
    assert step.files == ["new.txt"]
    assert (tmp_path / "second" / "data" / "new.txt").read_text() == "a\n1\n"
    assert (tmp_path / "second" / "started").exists()


async def test_there_is_one_spare_and_a_known_thread_does_not_take_it(
    interpreter: LocalInterpreter, tmp_path: Path
) -> None:
    session = await interpreter.session("first")
    await run(session, "1")
    await interpreter.warmed()
    await session.aclose()
    assert (await run(session, LOADED)).logs.endswith("[False, False]\n")
    assert len(spares(tmp_path)) == 1


async def test_the_list_of_fonts_is_made_once(interpreter: LocalInterpreter) -> None:
    code = "import os\nprint([name[:9] for name in os.listdir('/tmp/matplotlib')], os.listdir('/mnt/data'))"
    assert (await run(await interpreter.session("first"), code)).logs == "[] []\n"
    await interpreter.warmed()
    await interpreter.session("takes the spare".replace(" ", "_"))
    assert (await run(await interpreter.session("cold"), code)).logs == "['fontlist-'] []\n"


async def test_spares_left_behind_by_a_crash_are_removed(tmp_path: Path) -> None:
    left = tmp_path / ".spare-0123" / "data"
    left.mkdir(parents=True)
    interpreter = LocalInterpreter(tmp_path, LIMITS, Bubblewrap(LIMITS))
    await interpreter.session("first")
    assert spares(tmp_path) == []


@pytest.mark.parametrize("name", ["", "..", ".spare-1", "a/b", "a\n", "x" * 200])
async def test_a_thread_id_cannot_name_another_folder(interpreter: LocalInterpreter, name: str) -> None:
    with pytest.raises(ValueError, match="not a thread's id"):
        await interpreter.session(name)


async def test_a_spare_that_is_given_up_at_its_start_leaves_no_folder(tmp_path: Path) -> None:
    for _ in range(10):
        interpreter = LocalInterpreter(tmp_path, LIMITS, Bubblewrap(LIMITS, fonts=tmp_path / FONTS))
        await run(await interpreter.session("thread"), "1")
        await interpreter.aclose()
    assert spares(tmp_path) == []
