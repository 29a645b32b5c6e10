"""Builds request bodies, and learns which parts of one a server refuses."""

import re
from collections.abc import Mapping

from desktop_app.domain.error import ErrorCode
from desktop_app.engine.models.chat.fault import RefusalError
from desktop_app.engine.models.chat.message import DEFAULT_BUDGET, Message
from desktop_app.engine.models.chat.prompt import TOOL
from desktop_app.engine.models.chat.reply import ReplyDecoder, ToolMode
from desktop_app.engine.port import ModelRequest

_SMALLEST_BUDGET = 6_000  # characters; below it there is no conversation left
_OPTIONAL = ("stream_options", "max_completion_tokens", "max_tokens", "temperature", "top_p")
_UNWANTED = (ErrorCode.REQUEST_REFUSED, ErrorCode.SERVER_FAILED, ErrorCode.NOT_FOUND, ErrorCode.TOOLS_UNSUPPORTED)


class Quirks:
    """What one model of one endpoint has been found to refuse; kept for as long as the endpoint is in use.

    Attributes:
        budget: Characters of a conversation to send at most.
        tools: Whether the model makes tool calls: yes (it has made one), no (refused), or not known yet.
    """

    def __init__(self) -> None:
        self.budget = DEFAULT_BUDGET
        self.tools = ToolMode.EITHER
        self._writes_blocks = False
        self._refused: set[str] = set()

    def watch(self, decoder: ReplyDecoder) -> None:
        """Notes how the model asks for code to be run."""
        if decoder.called_tool:
            self.tools = ToolMode.NATIVE
        elif decoder.has_code:
            self._writes_blocks = True

    def shows_calls(self, mode: ToolMode) -> bool:
        """Whether earlier code is shown as tool calls: not to a server that may drop them from the history."""
        return mode is ToolMode.NATIVE or (mode is ToolMode.EITHER and not self._writes_blocks)

    def mode(self, request: ModelRequest) -> ToolMode:
        """Returns how a reply to this request may ask for code to be run."""
        return self.tools if request.code_interpreter and request.can_run_code else ToolMode.NONE

    def body(self, request: ModelRequest, messages: list[Message], mode: ToolMode) -> Mapping[str, object]:
        """Returns the request's body without anything known to be refused."""
        limit = "max_tokens" if "max_completion_tokens" in self._refused else "max_completion_tokens"
        wanted: dict[str, object] = {
            "model": request.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": request.temperature,
            "top_p": request.top_p,
            limit: request.max_completion_tokens,
        }
        if mode in (ToolMode.NATIVE, ToolMode.EITHER):
            wanted["tools"] = [TOOL]
        return {name: value for name, value in wanted.items() if value is not None and name not in self._refused}

    def learn(self, refusal: RefusalError, body: Mapping[str, object], length: int) -> bool:
        """Notes what a refusal is about, and returns whether asking again without it is worth it.

        Args:
            refusal: What the server said.
            body: The body it refused.
            length: Characters of its messages.
        """
        if refusal.code is ErrorCode.CONTEXT_TOO_LONG:
            smaller = min(self.budget, length) // 2
            if smaller < _SMALLEST_BUDGET:
                return False
            self.budget = smaller
            return True
        if refusal.code not in _UNWANTED or (refusal.status >= 500 and refusal.code is ErrorCode.SERVER_FAILED):
            return False
        named = [name for name in _OPTIONAL if name in body and re.search(rf"\b{name}\b", refusal.about)]
        if named:
            self._refused.add(named[0])
            return True
        says_tools = refusal.code is ErrorCode.TOOLS_UNSUPPORTED or _is_about_tools(refusal)
        if "tools" in body and self.tools is ToolMode.EITHER and says_tools:
            self.tools = ToolMode.FENCED
            return True
        if "stream_options" in body and refusal.status in (400, 422):
            # A server that names nothing: of all we send beyond the oldest form of the API, this one is refused most.
            self._refused.add("stream_options")
            return True
        return False


def _is_about_tools(refusal: RefusalError) -> bool:
    """Whether a strict server names our `tools` as an unknown or a wrong field."""
    return refusal.status in (400, 422) and re.search(r"\btools?(_choice)?\b", refusal.about) is not None
