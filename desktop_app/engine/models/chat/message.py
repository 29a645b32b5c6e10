"""Puts a thread's turns into the messages of a chat-completions request, within a length."""

import json
from collections.abc import Sequence
from itertools import pairwise

from desktop_app.engine.models.chat.prompt import describe
from desktop_app.engine.port import AnswerTurn, CodeTurn, Turn, UserTurn

Message = dict[str, object]
_Numbered = tuple[int, Turn]

DEFAULT_BUDGET = 240_000
"""Characters of a conversation, about 60,000 tokens. A server that takes less says so, and is asked again with less."""

_LOGS = (16_000, 4_000, 1_000, 200)
"""Characters of logs a code turn keeps: the last run's; then, in this order while it is too long, what others keep."""
_OMITTED = "[The beginning of this conversation was left out because it is too long.]"


def build_messages(turns: Sequence[Turn], system: str, *, calls: bool, budget: int = DEFAULT_BUDGET) -> list[Message]:
    """Returns the messages. If they exceed `budget` characters, old logs are cut first, then old exchanges left out.

    The last message of the person, and what followed it, is always there.

    Args:
        turns: The whole thread.
        system: The system prompt.
        calls: Whether code turns are shown as tool calls, else as fenced blocks and messages that tell the output.
        budget: Characters.
    """
    numbered = list(enumerate(turns))
    last = max((number for number, turn in numbered if isinstance(turn, UserTurn)), default=0)
    past, current = numbered[:last], numbered[last:]
    room = budget - len(system)
    for limit in _LOGS:
        groups = [_render(past, calls, limit), _render(current, calls, _LOGS[0])]
        if _length(groups) <= room:
            return _joined(system, groups)
    for limit in _LOGS:
        now = _render(current, calls, limit)
        if _length([now]) <= room:
            break
    kept = [now]
    for exchange in reversed(_exchanges(past)):
        rendered = _render(exchange, calls, _LOGS[-1])
        if _length([rendered, *kept]) > room:
            break
        kept.insert(0, rendered)
    return _joined(f"{system}\n\n{_OMITTED}".strip(), kept)


def _exchanges(turns: Sequence[_Numbered]) -> list[Sequence[_Numbered]]:
    """Cuts the turns before each message of the person, so that no tool result is left without its call."""
    starts = [i for i, (_, turn) in enumerate(turns) if isinstance(turn, UserTurn)]
    return [turns[start:end] for start, end in pairwise([*starts, len(turns)])]


def _joined(system: str, groups: list[list[Message]]) -> list[Message]:
    messages: list[Message] = [{"role": "system", "content": system}] if system else []
    for group in groups:
        for message in group:
            _append(messages, message)
    return messages


def _length(groups: list[list[Message]]) -> int:
    return sum(len(json.dumps(message, ensure_ascii=False)) for group in groups for message in group)


def _render(turns: Sequence[_Numbered], calls: bool, logs: int) -> list[Message]:
    messages: list[Message] = []
    for number, turn in turns:
        match turn:
            case UserTurn():
                _append(messages, {"role": "user", "content": _question(turn)})
            case AnswerTurn(text=text):
                _append(messages, {"role": "assistant", "content": text})
            case CodeTurn() if not calls:
                _append(messages, {"role": "assistant", "content": f"```python\n{turn.code}\n```"})
                _append(messages, {"role": "user", "content": f"[The code was run.]\n{_result(turn, logs)}"})
            case CodeTurn():
                # Nine letters and digits: the one form of id that every server takes (Mistral's asks for it).
                call_id = f"call{number:05d}"
                _append(messages, {"role": "assistant", "content": "", "tool_calls": [_call(call_id, turn.code)]})
                messages.append({"role": "tool", "tool_call_id": call_id, "content": _result(turn, logs)})
    return messages


def _append(messages: list[Message], message: Message) -> None:
    """Adds a message; joins it with one of the same role, because many chat templates insist on alternation."""
    previous = messages[-1] if messages else {}
    same_role = previous.get("role") == message["role"] in ("user", "assistant")
    if not same_role or "tool_calls" in previous:
        messages.append(message)
        return
    content = "\n\n".join(str(part["content"]) for part in (previous, message) if part["content"])
    messages[-1] = {**message, "content": content}


def _call(call_id: str, code: str) -> Message:
    arguments = json.dumps({"code": code}, ensure_ascii=False)
    return {"id": call_id, "type": "function", "function": {"name": "python", "arguments": arguments}}


def _question(turn: UserTurn) -> str:
    if not turn.files:
        return turn.text
    files = "\n".join(f"- {describe(file)}" for file in turn.files)
    return f"{turn.text}\n\n[Files that came with this message, in /mnt/data:\n{files}]".lstrip()


def _result(turn: CodeTurn, limit: int) -> str:
    lines = [shorten(turn.logs.strip("\n"), limit) or "(it printed nothing)"]
    if turn.error_name:
        lines.append(f"[The code failed: {turn.error_name}]")
    if turn.images:
        lines.append(f"[Images shown to the user: {turn.images}]")
    if turn.files:
        lines.append(f"[Files made or changed in /mnt/data: {', '.join(turn.files)}]")
    return "\n".join(lines)


def shorten(text: str, limit: int) -> str:
    """Returns at most about `limit` characters: the beginning and, where tracebacks stand, the longer end."""
    if len(text) <= limit:
        return text
    head = limit // 3
    tail = limit - head
    return f"{text[:head]}\n[... {len(text) - limit} characters left out ...]\n{text[-tail:]}"
