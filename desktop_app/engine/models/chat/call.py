"""Tells a reply's tool calls apart, and streams the code of each.

The documented shape is `{"index", "id", "function": {"name", "arguments"}}`, id and name in a call's first delta only.
Servers leave out each of them, repeat each of them, and number all calls 0; so the decision rests on what is there, and
on whether the arguments so far are complete.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from desktop_app.engine.models.chat import loose
from desktop_app.engine.models.chat.argument import CodeArgument
from desktop_app.engine.models.chat.fence import Block, FenceSplitter
from desktop_app.engine.port import CodePiece


class _FenceStripper:
    """Takes the markdown fence off code that a model has put into one inside the arguments."""

    def __init__(self) -> None:
        self._held: str | None = ""  # None once it is known whether there is a fence
        self._splitter: FenceSplitter | None = None

    def feed(self, text: str) -> str:
        if self._held is not None:
            text = self._held + text
            start = text.lstrip()[:3]
            self._held = text if "```".startswith(start) and start != "```" else None
            if self._held is not None:
                return ""
            if start == "```":
                self._splitter = FenceSplitter()
                text = text.lstrip()
        if self._splitter is None:
            return text
        return "".join(piece.text for piece in self._splitter.feed(text) if isinstance(piece, Block))

    def close(self) -> str:
        rest, self._held = self._held or "", None
        if self._splitter is None:
            return rest
        return "".join(piece.text for piece in self._splitter.close() if isinstance(piece, Block))


@dataclass(slots=True)
class _Call:
    index: int | None
    server_id: str
    call_id: str
    pairs: loose.PairJoiner = field(default_factory=loose.PairJoiner)
    argument: CodeArgument = field(default_factory=CodeArgument)
    fence: _FenceStripper = field(default_factory=_FenceStripper)
    text: str = ""
    code: str = ""  # decoded, not handed out yet
    is_known: bool = False  # something was handed out

    @property
    def is_settled(self) -> bool:
        """Whether a later call may begin: nothing more of this one is to be expected."""
        return self.argument.complete or self.argument.is_raw

    def feed(self, arguments: str) -> None:
        if self.argument.complete and arguments == self.text:
            return  # the whole again after its pieces
        self.text += arguments
        self.code += self.fence.feed(self.argument.feed(self.pairs.feed(arguments)))

    def close(self) -> None:
        self.code += self.fence.feed(self.argument.close()) + self.fence.close()

    def take(self) -> Iterator[CodePiece]:
        """Hands out what was decoded; the first time also nothing, so that the call is known to have begun."""
        if self.code or not self.is_known:
            yield CodePiece(self.call_id, self.code)
        self.code = ""
        self.is_known = True

    def is_over_before(self, arguments: str) -> bool:
        """Whether `arguments` can only belong to the next call."""
        begins = arguments.lstrip().startswith(("{", '"'))  # else garbage after the arguments
        return self.argument.complete and begins and arguments != self.text


class CallDecoder:
    """Turns the `tool_calls` of deltas, and the older `function_call`, into pieces of code.

    The calls come out one after the other, each whole before the next begins, even if the server mixes them.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._live = 0  # the call that is handed out

    @property
    def called(self) -> bool:
        """Whether there is any call."""
        return bool(self._calls)

    def feed(self, delta: loose.Json, *, whole: bool) -> Iterator[CodePiece]:
        """Yields the code in a delta, or in a `whole` message, where each entry is a call of its own."""
        entries = [loose.mapping(entry) for entry in loose.sequence(delta.get("tool_calls"))]
        for position, entry in enumerate(entries):
            index = loose.count(entry.get("index"))
            if index is None and len(entries) > 1:
                index = position
            function = loose.mapping(entry.get("function")) or entry
            yield from self._take(index, loose.text(entry.get("id")), function, whole=whole)
        legacy = loose.mapping(delta.get("function_call"))
        if legacy and not entries:
            yield from self._take(None, "", legacy, whole=whole)

    def close(self) -> Iterator[CodePiece]:
        """Yields the code that was held back."""
        for call in self._calls[self._live :]:
            call.close()
            yield from call.take()

    def _take(self, index: int | None, server_id: str, function: loose.Json, *, whole: bool) -> Iterator[CodePiece]:
        arguments = function.get("arguments")
        text = arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else ""
        name = loose.text(function.get("name"))
        if not text and not name:
            return  # a stub, such as some servers end a call with
        call = None if whole else self._known(index, server_id, name, text)
        if call is None:
            call = _Call(index, server_id, self._new_id(server_id))
            self._calls.append(call)
        call.feed(text)
        yield from self._hand_out()

    def _hand_out(self) -> Iterator[CodePiece]:
        while True:
            call = self._calls[self._live]
            if self._live == len(self._calls) - 1 or not call.is_settled:
                yield from call.take()
                return
            call.close()
            yield from call.take()
            self._live += 1

    def _known(self, index: int | None, server_id: str, name: str, text: str) -> _Call | None:
        """The call that a delta goes on with, or None if it begins a new one."""
        if index is not None:
            call = _last([call for call in self._calls if call.index == index])
        else:
            call = _last([call for call in self._calls if server_id and call.server_id == server_id])
            call = call or _last(self._calls)
        if call is None or call.is_over_before(text):
            return None
        if server_id and server_id != call.server_id:
            # Another call; or the same, from a server that makes up a new id for each delta.
            goes_on = bool(call.text) and not call.argument.complete and not text.lstrip().startswith("{")
            return call if goes_on and (text or not name) else None
        return call

    def _new_id(self, server_id: str) -> str:
        taken = {call.call_id for call in self._calls}
        return server_id if server_id and server_id not in taken else f"{server_id or 'call'}_{len(self._calls)}"


def _last(calls: Sequence[_Call]) -> _Call | None:
    return calls[-1] if calls else None
