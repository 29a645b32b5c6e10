"""Every habit of real servers drives the same job."""

import pytest

from desktop_app.engine.port import AnswerTurn, CodeTurn, TokenCount, UserTurn
from tests.engine.models.chat.ask import gather, model_of, request
from tests.harness.chat_server import ChatServer, Dialect, Reply

CODE = 'import pandas as pd\nfor c in "añ\U0001f4c8":\n    print(f"{c!r}\\t\\\\d", {"a": 1})'
EVERY_DIALECT = pytest.mark.parametrize("dialect", Dialect)
PARALLEL = [dialect for dialect in Dialect if dialect.calls_per_reply > 1]


@EVERY_DIALECT
async def test_text(dialect: Dialect) -> None:
    with ChatServer([Reply("It is **42**.\n\n```\nplain\n```\nDone → ✓.", thought="Hm, 6 * 7.")], dialect) as server:
        reply = await gather(model_of(server))
    assert reply.error is None
    assert reply.text == "It is **42**.\n\n```\nplain\n```\nDone → ✓."
    assert reply.code == []
    assert reply.tokens == ([TokenCount(11, 7)] if dialect.counts_tokens or dialect is Dialect.REFUSES_TOOLS else [])


@EVERY_DIALECT
async def test_code(dialect: Dialect) -> None:
    with ChatServer([Reply("Let me look.", CODE, thought="Hm.")], dialect) as server:
        reply = await gather(model_of(server), request(temperature=0.5, limit=100))
    assert reply.error is None
    assert reply.text.strip() == "Let me look."
    assert reply.code == [CODE]


@pytest.mark.parametrize("dialect", PARALLEL)
async def test_two_calls_in_a_reply(dialect: Dialect) -> None:
    with ChatServer([Reply(code=("print(1)", "print(2)"))], dialect) as server:
        reply = await gather(model_of(server))
    assert reply.error is None
    assert reply.code == ["print(1)", "print(2)"]
    assert reply.order == list(reply.codes), "a call must be whole before the next begins"


@EVERY_DIALECT
async def test_error_then_correction(dialect: Dialect) -> None:
    question = UserTurn("What is the mean?")
    with ChatServer([Reply("First.", "df.man()"), Reply(code="df.mean()"), Reply("It is 5.")], dialect) as server:
        model = model_of(server)
        first = await gather(model, request(question))
        failed = CodeTurn("step_1", first.code[0], "AttributeError: man", error_name="AttributeError")
        turns = (question, AnswerTurn(first.text), failed)
        second = await gather(model, request(*turns))
        last = await gather(model, request(*turns, CodeTurn("step_2", second.code[0], "5")))
    assert (first.code, second.code, last.text) == (["df.man()"], ["df.mean()"], "It is 5.")
    shown = str(server.requests[1]["messages"])
    assert "df.man()" in shown
    assert "AttributeError: man" in shown
    assert str(server.requests[2]["messages"][-1]["content"]).endswith("5")


@pytest.mark.parametrize("dialect", [Dialect.STRICT, Dialect.REFUSES_TOOLS])
async def test_a_refusal_is_remembered(dialect: Dialect) -> None:
    with ChatServer([Reply("One."), Reply("Two.")], dialect) as server:
        model = model_of(server)
        await gather(model, request(temperature=0.5, limit=100))
        refused = len(server.refused)
        reply = await gather(model, request(temperature=0.5, limit=100))
    assert reply.text == "Two."
    assert refused > 0
    assert len(server.refused) == refused


async def test_a_strict_server_still_gets_the_limit() -> None:
    with ChatServer([Reply("One.")], Dialect.STRICT) as server:
        await gather(model_of(server), request(temperature=0.5, limit=100))
    (asked,) = server.requests
    assert asked["max_tokens"] == 100
    assert "temperature" not in asked


async def test_history_is_shown_in_the_form_the_model_uses() -> None:
    turns = (UserTurn("Add."), CodeTurn("c", "print(1 + 1)", "2"))
    with ChatServer([Reply("2.")]) as tools, ChatServer([Reply("2.")], Dialect.REFUSES_TOOLS) as fences:
        await gather(model_of(tools), request(*turns))
        await gather(model_of(fences), request(*turns))
    assert [message["role"] for message in tools.requests[0]["messages"]] == ["system", "user", "assistant", "tool"]
    assert [message["role"] for message in fences.requests[0]["messages"]] == ["system", "user", "assistant", "user"]


@EVERY_DIALECT
async def test_length_limit_is_told(dialect: Dialect) -> None:
    with ChatServer([Reply("It is", cut_off=True)], dialect) as server:
        reply = await gather(model_of(server))
    assert reply.text == "It is"
    assert reply.cut_off == (dialect is not Dialect.NO_FINISH)
