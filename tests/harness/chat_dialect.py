"""The shapes in which real chat-completions servers answer, as a table, and how each writes a reply."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the model of the test answers.

    Attributes:
        text: Markdown.
        code: Code for the tool; several pieces are calls of one reply. It comes after the text.
        thought: Reasoning, which nobody may see in the answer.
        cut_off: The length limit ended it.
        hangs: Nothing follows what was written, until the client goes away.
        drops: The connection breaks after what was written.
    """

    text: str = ""
    code: str | tuple[str, ...] = ()
    thought: str = ""
    cut_off: bool = False
    hangs: bool = False
    drops: bool = False

    @property
    def calls(self) -> tuple[str, ...]:
        """The code of each call."""
        return (self.code,) if isinstance(self.code, str) else self.code


@dataclass(frozen=True)
class Shape:
    """How a server writes what everybody else writes differently."""

    arguments: Literal["pieces", "whole", "object", "raw", "input", "sloppy", "fenced", "twice"] = "pieces"
    ids: Literal["first", "every", "none", "same"] = "first"
    index: Literal["right", "none", "zero"] = "right"
    finish: Literal["tool_calls", "stop", "none"] = "tool_calls"
    usage: Literal["last", "every", "none"] = "last"
    frame: Literal["sse", "odd", "tight", "json"] = "sse"
    content_type: str = "text/event-stream; charset=utf-8"
    legacy: bool = False
    nulls: bool = False
    thought: Literal["field", "tag"] = "field"
    tools: Literal["called", "refused", "ignored"] = "called"
    refuses: tuple[str, ...] = ()


class Dialect(Enum):
    """Servers to test against. Parametrise with `pytest.mark.parametrize("dialect", Dialect)`."""

    OPENAI = Shape()
    WHOLE_ARGUMENTS = Shape(arguments="whole")
    OBJECT_ARGUMENTS = Shape(arguments="object")
    RAW_CODE = Shape(arguments="raw")
    OTHER_KEY = Shape(arguments="input")
    SLOPPY_JSON = Shape(arguments="sloppy")
    FENCED_ARGUMENTS = Shape(arguments="fenced")
    JSON_TWICE = Shape(arguments="twice")
    IDS_REPEATED = Shape(ids="every")
    NO_IDS = Shape(ids="none")
    SAME_ID = Shape(ids="same")
    SAME_ID_NO_INDEX = Shape(ids="same", index="none")
    NO_INDEX = Shape(index="none")
    INDEX_ALWAYS_ZERO = Shape(index="zero", arguments="whole")
    NO_IDS_NO_INDEX = Shape(ids="none", index="none")
    FINISH_STOP = Shape(finish="stop")
    NO_FINISH = Shape(finish="none")
    NO_USAGE = Shape(usage="none")
    USAGE_IN_EACH_CHUNK = Shape(usage="every")
    FUNCTION_CALL = Shape(legacy=True)
    NULLS = Shape(nulls=True, usage="none")
    THINK_TAGS = Shape(thought="tag")
    ODD_EVENTS = Shape(frame="odd")
    TIGHT_EVENTS = Shape(frame="tight")
    JSON_BODY = Shape(frame="json", content_type="application/json")
    WRONG_CONTENT_TYPE = Shape(content_type="application/json")
    STRICT = Shape(refuses=("stream_options", "max_completion_tokens", "temperature"))
    REFUSES_TOOLS = Shape(tools="refused")
    IGNORES_TOOLS = Shape(tools="ignored")

    @property
    def calls_per_reply(self) -> int:
        """How many calls a reply can hold; a model that writes fenced blocks makes one at a time."""
        return 9 if self.value.tools == "called" and not self.value.legacy else 1

    @property
    def counts_tokens(self) -> bool:
        """Whether the server tells the usage of a reply that it was let finish."""
        return self.value.usage != "none" and self.value.tools != "refused"

    def refusal(self, request: Json) -> str:
        """Returns why the server refuses a request, or an empty string."""
        if self.value.tools == "refused" and "tools" in request:
            return f"registry.ollama.ai/library/{request.get('model')} does not support tools"
        named = [name for name in self.value.refuses if name in request]
        return f"Unsupported parameter: '{named[0]}' is not supported with this model." if named else ""

    def write(self, reply: Reply) -> list[bytes]:
        """Returns the body of the answer, in the pieces in which the server sends it."""
        if self.value.frame == "json":
            return [json.dumps(_message(self.value, reply)).encode()]
        return list(_frames(self.value, list(_chunks(self.value, reply)), is_open=reply.hangs or reply.drops))


_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def _chunk(choices: list[Json], **more: object) -> Json:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        **more,
    }


def _chunks(shape: Shape, reply: Reply) -> Iterator[Json]:
    for delta in _deltas(shape, reply):
        more = {"usage": {**_USAGE, "completion_tokens": 3}} if shape.usage == "every" else {}
        yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}], **more)
        if shape.nulls:
            yield _chunk([])
            yield _chunk([{"index": 0, "finish_reason": None}])
    if reply.hangs or reply.drops:
        return
    if shape.finish != "none":
        reason = "length" if reply.cut_off else shape.finish if reply.calls else "stop"
        yield _chunk([{"index": 0, "delta": {}, "finish_reason": reason}])
    if shape.usage != "none":
        yield _chunk([], usage=_USAGE)


def _deltas(shape: Shape, reply: Reply) -> Iterator[Json]:
    yield {"role": "assistant", "content": None if shape.nulls else ""}
    text = _text(shape, reply)
    if reply.thought and shape.thought == "field":
        yield {"reasoning_content": reply.thought, "reasoning": reply.thought}
    for piece in _pieces(text, 5):
        yield {"content": piece, "tool_calls": None} if shape.nulls else {"content": piece}
    if shape.tools != "called":
        return
    for number, code in enumerate(reply.calls):
        arguments = _arguments(shape, code)
        is_whole = shape.arguments in ("whole", "object")
        pieces: list[object] = [arguments] if is_whole else list(_pieces(str(arguments), 7))
        for position, argument in enumerate(pieces):
            function: Json = {"arguments": argument}
            if position == 0 or shape.ids == "every":
                function = {"name": "python", **function}
            if shape.legacy:
                yield {"content": None, "function_call": function}
            else:
                call = {**_place(shape, number, is_first=position == 0), "type": "function", "function": function}
                yield {"content": None, "tool_calls": [call]} if shape.nulls else {"tool_calls": [call]}


def _place(shape: Shape, number: int, *, is_first: bool) -> Json:
    place: Json = {}
    if shape.index != "none":
        place["index"] = 0 if shape.index == "zero" else number
    if shape.ids == "every" or (is_first and shape.ids != "none"):
        place["id"] = "call_0" if shape.ids == "same" else f"call_{number}"
    return place


def _text(shape: Shape, reply: Reply) -> str:
    thought = f"<think>{reply.thought}</think>\n\n" if reply.thought and shape.thought == "tag" else ""
    block = f"\n\n```python\n{reply.calls[0]}\n```\n" if reply.calls and shape.tools != "called" else ""
    return f"{thought}{reply.text}{block}"


def _arguments(shape: Shape, code: str) -> object:
    match shape.arguments:
        case "object":
            return {"code": code}
        case "raw":
            return code
        case "input":
            return json.dumps({"language": "python", "input": code})
        case "sloppy":
            return json.dumps({"code": code}, ensure_ascii=False).replace("\\n", "\n") + "}</tool_call>"
        case "fenced":
            return json.dumps({"code": f"```python\n{code}\n```"})
        case "twice":
            return json.dumps(json.dumps({"code": code}))
        case _:
            return json.dumps({"code": code})


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _message(shape: Shape, reply: Reply) -> Json:
    message: Json = {"role": "assistant", "content": _text(shape, reply) or None}
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "python", "arguments": _arguments(shape, code)},
        }
        for number, code in enumerate(reply.calls)
    ]
    if calls:
        message["tool_calls"] = calls
    if reply.thought:
        message["reasoning_content"] = reply.thought
    reason = "length" if reply.cut_off else shape.finish if calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": _USAGE,
    }


def _frames(shape: Shape, chunks: list[Json], *, is_open: bool) -> Iterator[bytes]:
    for chunk in chunks:
        data = json.dumps(chunk, ensure_ascii=False)
        match shape.frame:
            case "odd":
                yield f": keep-alive\r\n\r\nid: 1\r\ndata:{data}\r\n\r\n".encode()
            case "tight":
                yield f"data: {data}\n".encode()
            case _:
                yield f"data: {data}\n\n".encode()
    if shape.frame != "odd" and not is_open:
        yield b"data: [DONE]\n\n"
