"""What every interpreter does, whatever it is made of. A subclass brings the fixture `interpreter`."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from contextlib import aclosing
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import Finished, Interpreter, Logs, Session
from tests.contract.step import follow, read, run

RESTARTED = "The Python session was restarted: variables from earlier steps are gone, files in /mnt/data are kept.\n"


class InterpreterContract(ABC):
    """Subclass it and define the fixture `interpreter`."""

    @pytest.fixture
    @abstractmethod
    def interpreter(self) -> Interpreter:
        """Return the interpreter under test, or override with an asynchronous generator that closes it."""

    @pytest.fixture
    async def session(self, interpreter: Interpreter) -> Session:
        return await interpreter.session("thread_1")

    async def test_status_says_that_code_runs(self, interpreter: Interpreter) -> None:
        status = await interpreter.status()
        assert status.ok, status
        assert (status.kind != "", status.reason, status.install) == (True, "", "")

    async def test_prints_and_shows_the_last_expression(self, session: Session) -> None:
        step = await run(session, "print('one')\n40 + 2")
        assert (step.logs, step.end.error_name, step.end.limit) == ("one\n42\n", None, None)
        assert 0 < step.end.seconds < 60

    async def test_keeps_state_between_steps(self, session: Session) -> None:
        await run(session, "x = [1, 2]")
        assert (await run(session, "x.append(3); x")).logs == "[1, 2, 3]\n"

    async def test_threads_do_not_share_state_or_files(self, interpreter: Interpreter, session: Session) -> None:
        await run(session, "x = 1; open('mine.txt', 'w').write('x')")
        other = await interpreter.session("thread_2")
        step = await run(other, "import os; print(os.listdir('.')); x")
        assert step.logs.startswith("[]\n")
        assert step.end.error_name == "NameError"

    async def test_a_traceback_is_plain_text_and_named(self, session: Session) -> None:
        step = await run(session, "def f():\n    return 1 / 0\nf()")
        assert step.end.error_name == "ZeroDivisionError"
        assert "line 2" in step.logs
        assert "ZeroDivisionError: division by zero" in step.logs
        assert "\x1b" not in step.logs

    async def test_a_syntax_error_is_named(self, session: Session) -> None:
        step = await run(session, "x = (1")
        assert step.end.error_name == "SyntaxError"

    async def test_streams_logs_while_the_step_runs(self, session: Session) -> None:
        code = "print('first')\nwhile True:\n    pass"
        async with aclosing(follow(session, code)) as events:
            first = await asyncio.wait_for(anext(events), 30)
        assert first == Logs("first\n")

    async def test_keeps_the_order_of_everything_printed(self, session: Session) -> None:
        code = (
            "import os, subprocess, sys\n"
            "print('out')\nprint('err', file=sys.stderr)\nos.write(1, b'raw\\n')\n"
            "subprocess.run(['sh', '-c', 'echo child; echo child-err >&2'])\nprint('last')\n"
        )
        step = await run(session, code + "None")
        assert step.logs == "out\nerr\nraw\nchild\nchild-err\nlast\n"

    async def test_removes_terminal_escapes(self, session: Session) -> None:
        step = await run(session, r"print('\x1b[31mred\x1b[0m \x1b]0;title\x07text\x00\x07')")
        assert step.logs == "red text\n"

    async def test_complaint_13_a_chart_is_captured(self, session: Session) -> None:
        step = await run(session, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 3, 2])")
        assert len(step.images) == 1
        image = step.images[0]
        assert image.png.startswith(b"\x89PNG")
        assert image.width > 500
        assert image.height > 300

    async def test_what_drawing_returns_is_no_noise_beside_the_chart(self, session: Session) -> None:
        await run(session, "import matplotlib.pyplot as plt\nfrom matplotlib.figure import Figure")
        for code in (
            "plt.plot([1])",
            "plt.subplots(1, 2)[1]",
            "plt.bar(['a'], [1])",
            "figure = plt.figure(); figure.gca(); figure",
        ):
            step = await run(session, code)
            assert (step.logs, len(step.images)) == ("", 1), code
        step = await run(session, "plt.plot([1]); plt.show(); figure")
        assert (step.logs, len(step.images)) == ("", 1)
        step = await run(session, "figure = Figure(); figure.subplots().plot([1]); figure")
        assert (step.logs, len(step.images)) == ("", 1)

    async def test_images_stand_between_what_was_printed_before_and_after(self, session: Session) -> None:
        code = (
            "import matplotlib.pyplot as plt\n"
            "print('before'); plt.plot([1]); plt.show(); print('after')\n"
            "plt.bar(['a'], [1]); plt.figure(); plt.plot([2]);"
        )
        kinds = [
            event.text if isinstance(event, Logs) else type(event).__name__
            for event in (await run(session, code)).events
        ]
        assert kinds == ["before\n", "Image", "after\n", "Image", "Image"]

    async def test_an_image_object_is_shown(self, session: Session) -> None:
        step = await run(session, "from PIL import Image\nImage.new('RGB', (30, 20), 'red')")
        assert [(image.width, image.height) for image in step.images] == [(30, 20)]
        assert step.logs == ""

    async def test_a_table_is_shown_as_text(self, session: Session) -> None:
        step = await run(session, "import pandas as pd\npd.DataFrame({'city': ['Köln'], 'n': [3]})")
        assert step.logs == "   city  n\n0  Köln  3\n"

    async def test_the_packages_are_there(self, session: Session) -> None:
        code = "import numpy, pandas, matplotlib, openpyxl, pypdf, docx, pptx, PIL, sympy, scipy\nprint('all')"
        assert (await run(session, code)).logs == "all\n"

    async def test_knows_time_zones_and_unicode(self, session: Session) -> None:
        code = (
            "import datetime, zoneinfo\n"
            "print(datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo('Asia/Tokyo')).utcoffset(), 'ß😀')"
        )
        assert (await run(session, code)).logs == "9:00:00 ß😀\n"

    async def test_new_and_changed_files_are_offered(self, session: Session, tmp_path: Path) -> None:
        source = tmp_path / "in.csv"
        source.write_text("a\n1\n")
        assert await session.put_file("in.csv", source) == "in.csv"
        code = (
            "import os\nos.makedirs('sub/deep')\nopen('sub/deep/b.txt', 'w').write('b')\n"
            "open('new.txt', 'w').write('new')\nopen('in.csv', 'a').write('2\\n');"
        )
        step = await run(session, code)
        assert sorted(step.files) == ["in.csv", "new.txt", "sub/deep/b.txt"]
        assert await read(session, "in.csv") == b"a\n1\n2\n"
        assert await read(session, "sub/deep/b.txt") == b"b"

    async def test_unchanged_files_and_caches_are_not_offered(self, session: Session, tmp_path: Path) -> None:
        module = tmp_path / "helper.py"
        module.write_text("value = 7\n")
        await session.put_file("helper.py", module)
        code = (
            "import helper, os\nfor folder in ('__pycache__', '.ipynb_checkpoints'):\n"
            "    os.makedirs(folder)\n    open(folder + '/x.txt', 'w').write('x')\nhelper.value"
        )
        step = await run(session, code)
        assert (step.logs, step.files) == ("7\n", [])
        assert [file.name for file in await session.files()] == ["helper.py"]

    async def test_complaint_04_files_of_one_name_stay_two(self, session: Session, tmp_path: Path) -> None:
        source = tmp_path / "source"
        given = ["data.csv", "data.csv", "Data.CSV", "../../etc/passwd", "Größe.xlsx", ".bashrc", "a\nb\u202e.txt"]
        names = []
        for number, name in enumerate(given):
            source.write_text(str(number))
            names.append(await session.put_file(name, source))
        expected = ["data.csv", "data (2).csv", "Data (3).CSV", "passwd", "Größe.xlsx", "file.bashrc", "a_b_.txt"]
        assert names == expected
        assert [await read(session, name) for name in names] == [b"%d" % number for number in range(len(given))]
        assert {file.name for file in await session.files()} == set(expected)

    async def test_a_missing_source_or_file_is_named(self, session: Session, tmp_path: Path) -> None:
        for action in (session.put_file("x.csv", tmp_path / "nowhere"), session.open_file("x.csv")):
            with pytest.raises(DeskError) as caught:
                await action
            assert (caught.value.code, caught.value.info.data["name"]) == (ErrorCode.FILE_MISSING, "x.csv")

    async def test_a_probe_is_hidden_from_the_steps(self, session: Session) -> None:
        await run(session, "x = 1")
        printed = await session.probe("import warnings; warnings.warn('noise')\ny = 2\nprint('x' in globals(), y)")
        assert printed == "False 2\n"
        step = await run(session, "print('y' in globals(), x)")
        assert step.logs == "False 1\n"

    async def test_a_probe_offers_no_files_and_is_bounded(self, session: Session) -> None:
        printed = await session.probe("open('left.txt', 'w').write('x'); print('z' * 10**6)")
        assert len(printed) == 256 * 1024
        assert (await run(session, "1")).files == []

    async def test_a_probe_that_raises_says_what(self, session: Session) -> None:
        with pytest.raises(DeskError) as caught:
            await session.probe("raise ValueError('no header')")
        assert caught.value.code is ErrorCode.CODE_FAILED
        assert caught.value.info.data == {"name": "ValueError", "message": "no header"}

    async def test_complaint_01_interrupt_stops_a_step_and_keeps_the_state(self, session: Session) -> None:
        await run(session, "kept = 5")
        events = []
        async for event in session.execute("import time\nprint('on')\nwhile True:\n    time.sleep(60)"):
            events.append(event)
            if event == Logs("on\n"):
                await session.interrupt()
        assert isinstance(events[-1], Finished)
        assert events[-1].error_name == "KeyboardInterrupt"
        assert events[-1].seconds < 30
        assert (await run(session, "kept")).logs == "5\n"

    async def test_interrupt_without_a_step_does_nothing(self, session: Session) -> None:
        await session.interrupt()
        await run(session, "kept = 5")
        await session.interrupt()
        assert (await run(session, "kept")).logs == "5\n"

    async def test_closing_the_iterator_stops_the_step(self, session: Session) -> None:
        async with aclosing(follow(session, "kept = 6\nprint('on')\nwhile True:\n    pass")) as events:
            assert await anext(events) == Logs("on\n")
        assert (await run(session, "kept")).logs == "6\n"

    async def test_cancelling_the_task_stops_the_step(self, session: Session) -> None:
        begun = asyncio.Event()

        async def follow() -> None:
            async for event in session.execute("kept = 7\nprint('on')\nwhile True:\n    pass"):
                if event == Logs("on\n"):
                    begun.set()

        task = asyncio.create_task(follow())
        await begun.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert (await run(session, "kept")).logs == "7\n"

    async def test_steps_of_one_thread_run_one_after_the_other(self, session: Session) -> None:
        slow = "import time\nlog = [1]\ntime.sleep(0.3)\nlog.append(2)"
        await run(session, "log = []")
        await asyncio.gather(run(session, slow), run(session, "log.append(3)"))
        assert (await run(session, "log")).logs == "[1, 2, 3]\n"

    async def test_a_closed_session_starts_anew_and_says_so(self, session: Session) -> None:
        await run(session, "x = 1; open('kept.txt', 'w').write('kept')")
        await session.aclose()
        step = await run(session, "print(open('kept.txt').read()); 'x' in globals()")
        assert step.logs == RESTARTED + "kept\nFalse\n"
        assert RESTARTED not in (await run(session, "1")).logs

    async def test_the_session_of_a_thread_is_one(self, interpreter: Interpreter, session: Session) -> None:
        assert await interpreter.session("thread_1") is session

    async def test_deleting_a_thread_ends_its_step(self, interpreter: Interpreter, session: Session) -> None:
        events = []
        async for event in session.execute("open('x.txt', 'w').close()\nprint('on')\nwhile True:\n    pass"):
            events.append(event)
            if event == Logs("on\n"):
                await interpreter.delete("thread_1")
        assert isinstance(events[-1], Finished)
        assert await session.files() == await (await interpreter.session("thread_1")).files() == ()

    async def test_deleting_a_thread_removes_its_files(self, interpreter: Interpreter, session: Session) -> None:
        await run(session, "open('x.txt', 'w').write('x')")
        await interpreter.delete("thread_1")
        fresh = await interpreter.session("thread_1")
        assert await fresh.files() == ()
        assert RESTARTED not in (await run(fresh, "1")).logs
