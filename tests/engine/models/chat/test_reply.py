"""Odd chunks, and blocks of code in the text."""

from typing import Any

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat.reply import ReplyDecoder, ToolMode
from desktop_app.engine.port import TokenCount
from tests.engine.models.chat.ask import Gathered

BLOCK = "Look:\n```python\nprint(1)\n\nprint(2)\n```\n"
CODE = "print(1)\n\nprint(2)"


def decode(*deltas: dict[str, Any], mode: ToolMode = ToolMode.EITHER, finish: str = "stop") -> Gathered:
    decoder = ReplyDecoder(mode, lambda chunk: DeskError(ErrorCode.SERVER_FAILED, str(chunk)))
    gathered = Gathered()
    for delta in deltas:
        for event in decoder.feed({"choices": [{"delta": delta}]}):
            gathered.add(event)
        if decoder.stop:
            break
    for event in [*decoder.feed({"choices": [{"delta": {}, "finish_reason": finish}]}), *decoder.close()]:
        gathered.add(event)
    return gathered


def says(text: str) -> list[dict[str, Any]]:
    return [{"content": char} for char in text]


def call(arguments: object, **more: object) -> dict[str, Any]:
    name = more.pop("name", "python")
    return {"tool_calls": [{"function": {"name": name, "arguments": arguments}, **more}]}


@pytest.mark.parametrize("mode", [ToolMode.EITHER, ToolMode.FENCED])
def test_a_block_that_ends_the_reply_is_code(mode: ToolMode) -> None:
    reply = decode(*says(BLOCK), mode=mode)
    assert (reply.text, reply.code) == ("Look:\n", [CODE])


def test_a_block_in_the_middle_is_text_while_tools_may_work() -> None:
    reply = decode(*says(BLOCK + "\nThat is how."))
    assert (reply.text, reply.code) == (BLOCK + "\nThat is how.", [])


def test_of_two_blocks_the_last_is_code() -> None:
    reply = decode(*says(BLOCK + "```py\n3\n```"))
    assert (reply.text, reply.code) == (BLOCK, ["3"])


def test_a_block_is_text_for_a_model_that_calls_tools() -> None:
    reply = decode(*says(BLOCK), mode=ToolMode.NATIVE)
    assert (reply.text, reply.code) == (BLOCK, [])


def test_a_block_before_a_tool_call_is_text() -> None:
    reply = decode(*says(BLOCK), call('{"code": "7"}'))
    assert (reply.text, reply.code) == (BLOCK, ["7"])


def test_what_a_model_imagines_after_its_block_is_not_read() -> None:
    reply = decode(*says(BLOCK + "Output: 12"), mode=ToolMode.FENCED)
    assert (reply.text, reply.code) == ("Look:\n", [CODE])


def test_a_block_streams_as_code_when_blocks_are_how_it_is_done() -> None:
    decoder = ReplyDecoder(ToolMode.FENCED, lambda chunk: DeskError(ErrorCode.SERVER_FAILED, str(chunk)))
    gathered = Gathered()
    for delta in says("```python\nprint("):
        for event in decoder.feed({"choices": [{"delta": delta}]}):
            gathered.add(event)
    assert (gathered.text, gathered.code) == ("", ["print("])


@pytest.mark.parametrize("mode", [ToolMode.EITHER, ToolMode.FENCED])
def test_a_block_that_was_not_closed_is_code(mode: ToolMode) -> None:
    assert decode(*says(BLOCK[:-5]), mode=mode).code == [CODE]


def test_a_block_in_a_thought_is_no_code() -> None:
    assert decode(*says(f"<think>\n{BLOCK}</think>42")).code == []


def test_a_call_without_the_tool_is_ignored() -> None:
    reply = decode({"content": "Hi"}, call('{"code": "1"}'), mode=ToolMode.NONE)
    assert (reply.text, reply.code) == ("Hi", [])


def test_calls_that_are_mixed_come_out_one_after_the_other() -> None:
    reply = decode(
        call("", index=0, id="a"),
        call("", index=1, id="b"),
        call('{"code": "1', index=0),
        call('{"code": "2', index=1),
        call('0"}', index=0),
        call('0"}', index=1),
    )
    assert (reply.code, reply.order) == (["10", "20"], ["a", "b"])


def test_a_new_id_in_each_delta_is_still_one_call() -> None:
    reply = decode(
        call('{"code": ', index=0, id="a"), call('"1"', index=0, id="b", name=None), call("}", index=0, id="c")
    )
    assert reply.code == ["1"]


def test_a_name_in_each_delta_is_still_one_call() -> None:
    assert decode(call('{"code"'), call(': "1"}')).code == ["1"]


def test_arguments_sent_again_whole_are_one_call() -> None:
    reply = decode(call('{"code": ', index=0, id="a"), call('"1"}', index=0), call('{"code": "1"}', index=0))
    assert reply.code == ["1"]


def test_a_stub_is_no_call() -> None:
    assert decode({"tool_calls": [{"index": 0, "id": "", "function": {"name": "", "arguments": ""}}]}).code == []
    assert decode({"tool_calls": [{"index": 0}, None, 3]}).code == []


def test_whole_calls_of_one_delta_are_apart_without_id_and_index() -> None:
    function = {"name": "python", "arguments": "print(1)"}
    assert decode({"tool_calls": [{"function": function}, {"function": function}]}).code == ["print(1)", "print(1)"]


def test_a_call_shows_as_soon_as_it_has_a_name() -> None:
    assert decode(call("", index=0, id="a")).codes == {"a": ""}


def test_text_in_parts() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": "Hi"}]
    assert decode({"content": parts}).text == "Hi"


def test_the_last_usage_counts() -> None:
    decoder = ReplyDecoder(ToolMode.NATIVE, lambda chunk: DeskError(ErrorCode.SERVER_FAILED, str(chunk)))
    for count in (1, 5):
        usage = {"prompt_tokens": 3, "completion_tokens": count}
        list(decoder.feed({"choices": [{"delta": {"content": "a"}}], "usage": usage}))
    assert list(decoder.close(is_done=True)) == [TokenCount(3, 5)]


def test_a_filtered_reply_says_so() -> None:
    with pytest.raises(DeskError) as caught:
        decode({"content": "I"}, finish="content_filter")
    assert caught.value.code is ErrorCode.CONTENT_FILTERED


def test_halves_of_a_character_find_each_other() -> None:
    reply = decode({"content": "a\ud83d"}, {"content": "\udcc8b\udcc8"}, call('{"code": "\ud83d'), call('\udcc8"}'))
    assert reply.text == "a\U0001f4c8b\N{REPLACEMENT CHARACTER}"
    assert reply.code == ["\U0001f4c8"]
