"""What the model is shown of a thread."""

import json
from dataclasses import replace

import pytest

from desktop_app.engine.models.chat.message import build_messages, shorten
from desktop_app.engine.models.chat.prompt import TOOL, system_prompt
from desktop_app.engine.models.chat.reply import ToolMode
from desktop_app.engine.port import AnswerTurn, CodeTurn, SandboxFile, UserTurn
from tests.engine.models.chat.ask import request

FILE = SandboxFile("sales.csv", 1_234, "text/csv")
STEP = CodeTurn("x", "plot()", "Warning: old\n", error_name="KeyError", images=2, files=("a.csv", "b.png"))


def size(messages: list[dict[str, object]]) -> int:
    return len(json.dumps(messages, ensure_ascii=False))


def test_turns_become_messages() -> None:
    turns = (UserTurn("Plot it.", (FILE,)), AnswerTurn("Sure."), STEP, AnswerTurn("Done."), UserTurn("Thanks."))
    system, question, call, result, done, thanks = build_messages(turns, "S", calls=True)
    assert system == {"role": "system", "content": "S"}
    assert "sales.csv (text/csv, 1.23 kB)" in str(question["content"])
    assert (call["content"], done["content"], thanks["content"]) == ("Sure.", "Done.", "Thanks.")
    function = {"name": "python", "arguments": '{"code": "plot()"}'}
    assert call["tool_calls"] == [{"id": result["tool_call_id"], "type": "function", "function": function}]
    assert str(result["content"]).splitlines() == [
        "Warning: old",
        "[The code failed: KeyError]",
        "[Images shown to the user: 2]",
        "[Files made or changed in /mnt/data: a.csv, b.png]",
    ]


def test_without_tools_the_history_alternates() -> None:
    turns = (UserTurn("A"), UserTurn("B"), AnswerTurn("Sure."), STEP, UserTurn("C"))
    messages = build_messages(turns, "", calls=False)
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"] == "Sure.\n\n```python\nplot()\n```"


def test_call_ids_are_unique_and_of_the_strictest_form() -> None:
    turns = [turn for number in range(50) for turn in (UserTurn(f"{number}"), STEP, STEP)]
    messages = build_messages(turns, "", calls=True)
    ids = [str(message["tool_call_id"]) for message in messages if message["role"] == "tool"]
    assert len(set(ids)) == 100
    assert all(len(each) == 9 and each.isalnum() for each in ids)


def test_old_logs_are_cut_first() -> None:
    old, new = (CodeTurn(name, "1", f"{name}-head " + "x" * 15_000 + f" {name}-tail") for name in ("old", "new"))
    messages = build_messages((UserTurn("A"), old, UserTurn("B"), new), "S", calls=True, budget=20_000)
    content = [str(message["content"]) for message in messages]
    assert size(messages) < 20_000
    assert new.logs in content
    assert any("old-head" in text and "old-tail" in text and "characters left out" in text for text in content)


def test_then_the_oldest_exchanges_go() -> None:
    turns = [turn for number in range(40) for turn in (UserTurn(f"q{number} " + "x" * 1_000), STEP, AnswerTurn("ok"))]
    messages = build_messages(turns, "S", calls=True, budget=12_000)
    text = json.dumps(messages)
    assert size(messages) < 12_500
    assert "left out because it is too long" in str(messages[0]["content"])
    assert "q39 " in text
    assert "q38 " in text
    assert "q0 " not in text
    assert messages[1]["role"] == "user"


def test_the_last_question_is_never_cut() -> None:
    turns = (UserTurn("old"), AnswerTurn("a"), UserTurn("x" * 5_000), CodeTurn("c", "1", "y" * 9_000))
    messages = build_messages(turns, "S", calls=True, budget=4_000)
    assert "x" * 5_000 in str(messages[1]["content"])
    assert len(str(messages[-1]["content"])) < 300


def test_logs_keep_their_beginning_and_more_of_their_end() -> None:
    text = shorten("head" + "x" * 1_000 + "KeyError: 'a'", 90)
    assert text.startswith("head")
    assert text.endswith("KeyError: 'a'")
    assert len(text) < 140


@pytest.mark.parametrize("mode", [ToolMode.NATIVE, ToolMode.EITHER, ToolMode.FENCED])
def test_the_prompt_tells_what_there_is(mode: ToolMode) -> None:
    prompt = system_prompt(replace(request(), files=(FILE, SandboxFile("odd\nname", 5, "text/plain"))), mode)
    assert prompt.startswith("Be brief.\n\n")
    assert "- sales.csv (text/csv, 1.23 kB)\n- odd?name (text/plain, 5 bytes)" in prompt
    for fact in ("/mnt/data", "matplotlib", "no network", "sandbox:/mnt/data/", "traceback", "pandas"):
        assert " ".join(fact.split()) in " ".join(prompt.split())
    assert ("```python" in prompt) == (mode is not ToolMode.NATIVE)


def test_the_prompt_says_when_code_cannot_run() -> None:
    prompt = system_prompt(replace(request(), can_run_code=False, files=(FILE,)), ToolMode.NONE)
    assert "cannot run code" in prompt
    assert "call the tool" not in prompt


def test_an_assistant_without_the_tool_hears_nothing_of_it() -> None:
    assert system_prompt(replace(request(), code_interpreter=False), ToolMode.NONE) == "Be brief."


def test_the_tool_is_one_function_of_one_string() -> None:
    function = json.loads(json.dumps(TOOL))["function"]
    assert function["parameters"]["required"] == ["code"]
    assert list(function["parameters"]["properties"]) == ["code"]
