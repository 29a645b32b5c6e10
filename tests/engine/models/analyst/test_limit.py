"""What the analyst says when it cannot compute, and how it gives up."""

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.analyst import Analyst
from desktop_app.engine.port import CodePiece, CodeTurn, ModelRequest, SandboxFile, TextPiece, UserTurn
from tests.engine.models.analyst.talk import request

QUESTION = UserTurn("average price by city")
SHAPE = (
    '{"kind": "table", "rows": 2, "whole": true, "columns": [{"name": "city", "type": "text", "distinct": 2},'
    ' {"name": "price", "type": "number", "distinct": 2}]}'
)


async def _table(_code: str) -> str:
    return SHAPE


async def _reply(asked: ModelRequest) -> tuple[str, str]:
    events = [event async for event in Analyst().reply(asked)]
    words = "".join(event.text for event in events if isinstance(event, TextPiece))
    return words, "".join(event.text for event in events if isinstance(event, CodePiece))


@pytest.mark.parametrize(
    ("has_tool", "can_run", "expected"),
    [(False, True, "code interpreter switched off"), (True, False, "no working sandbox")],
)
async def test_says_why_it_cannot_compute(has_tool: bool, can_run: bool, expected: str) -> None:
    words, code = await _reply(request((QUESTION,), _table, code_interpreter=has_tool, can_run_code=can_run))
    assert expected in words
    assert code == ""


async def test_says_that_a_file_is_needed() -> None:
    words, code = await _reply(request((QUESTION,), _table))
    assert "There is no file in this thread yet" in words
    assert code == ""


@pytest.mark.parametrize(("text", "expected"), [("Hello!", "no language model"), ("Thanks a lot!", "You're welcome")])
async def test_is_polite(text: str, expected: str) -> None:
    words, _ = await _reply(request((UserTurn(text),), _table))
    assert expected in words


async def test_gives_up_and_says_what_went_wrong() -> None:
    files = (SandboxFile("a.csv", 10, "text/csv"),)
    failed = CodeTurn("call_1", "x", "Traceback…\nKeyError: 'price'", "KeyError")
    words, code = await _reply(request((QUESTION, failed), _table, files))
    assert "`KeyError: 'price'`" in words
    assert code == ""


async def test_stops_after_four_tries() -> None:
    files = (SandboxFile("a.csv", 10, "text/csv"),)
    failed = CodeTurn("call_1", "x", "UnicodeDecodeError: 'utf-8' codec", "UnicodeDecodeError")
    words, code = await _reply(request((QUESTION, failed, failed, failed, failed), _table, files))
    assert "I tried 4 times" in words
    assert code == ""


async def test_answers_without_numbers_if_the_sandbox_cannot_tell_them_again() -> None:
    async def probe(code: str) -> str:
        if "def emit" in code:
            raise DeskError(ErrorCode.CODE_TIMED_OUT)
        return SHAPE

    files = (SandboxFile("a.csv", 10, "text/csv"),)
    done = CodeTurn("call_1", "x", "city  price", None, files=("out.csv",))
    words, _ = await _reply(request((QUESTION, done), probe, files))
    assert "its output is in the step above" in words
    assert "[out.csv](sandbox:/mnt/data/out.csv)" in words


async def test_writes_in_small_pieces() -> None:
    files = (SandboxFile("a.csv", 10, "text/csv"),)
    events = [event async for event in Analyst().reply(request((QUESTION,), _table, files))]
    pieces = [event for event in events if isinstance(event, CodePiece)]
    assert len(pieces) > 10
    assert len({piece.call_id for piece in pieces}) == 1
    assert "".join(piece.text for piece in pieces).startswith("import pandas as pd\n\ndf = pd.read_csv(")
