"""Turns the chunks of one reply into model events, deciding by what is there."""

from collections.abc import Callable, Iterator
from enum import Enum, auto

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import loose
from desktop_app.engine.models.chat.call import CallDecoder
from desktop_app.engine.models.chat.fence import Block, BlockEnd, FenceSplitter, Piece, Prose
from desktop_app.engine.models.chat.thought import ThoughtFilter
from desktop_app.engine.port import CodePiece, CutOff, ModelEvent, TextPiece, TokenCount

_FENCED_ID = "fenced"


class ToolMode(Enum):
    """How a reply may ask for code to be run."""

    NONE = auto()  # not at all
    NATIVE = auto()  # by a tool call: this model has made one
    EITHER = auto()  # by a tool call, or by a fenced block at the end: not known yet what this model does
    FENCED = auto()  # by a fenced block: the server refuses tools


class ReplyDecoder:
    """Decodes one reply.

    In mode FENCED a Python block is code from its first character on, and the reply is over when it closes: what
    models write after it is what they imagine it prints. In mode EITHER a block is held back until it is clear that
    nothing follows it, because an answer may show code without wanting it run.

    Args:
        fail: Makes the exception for an error object inside the stream.
    """

    def __init__(self, mode: ToolMode, fail: Callable[[loose.Json], DeskError]) -> None:
        self._mode = mode
        self._fail = fail
        self._pairs = loose.PairJoiner()
        self._thought = ThoughtFilter()
        self._fence = FenceSplitter()
        self._calls = CallDecoder()
        self._held: list[str] = []  # mode EITHER: code of the last block
        self._after = ""  # mode EITHER: the block's source, and the space after it
        self._usage: TokenCount | None = None
        self._finish = ""
        self._is_chat = False
        self._is_whole = False
        self._is_closed = False
        self.has_text = False
        self.has_code = False
        self.stop = False

    @property
    def started(self) -> bool:
        """Whether anything was written."""
        return self.has_text or self.has_code

    @property
    def called_tool(self) -> bool:
        """Whether the model made a real tool call."""
        return self._calls.called

    @property
    def was_cut(self) -> bool:
        """Whether the server ended the reply because of a length limit."""
        return self._finish in ("length", "max_tokens", "model_length")

    def feed(self, chunk: loose.Json) -> Iterator[ModelEvent]:
        """Yields what a chunk adds.

        Raises:
            DeskError: the chunk is an error.
        """
        if chunk.get("error") or chunk.get("object") == "error":
            raise self._fail(chunk)
        self._count(loose.mapping(chunk.get("usage")))
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            return
        self._is_chat = True
        if not choices and self._usage is not None and (self.has_text or self.has_code):
            self._finish = self._finish or "usage"  # the count comes last
        for choice in choices[:1]:
            yield from self._choice(loose.mapping(choice))

    def close(self, *, is_done: bool = False) -> Iterator[ModelEvent]:
        """Yields what was held back, then what the reply cost and whether it was cut off.

        Args:
            is_done: The stream had its own mark of the end, `[DONE]`.

        Raises:
            DeskError: STREAM_DROPPED, CONTENT_FILTERED, or RESPONSE_INVALID if nothing was a chat completion.
        """
        if not self._is_chat:
            raise DeskError(ErrorCode.RESPONSE_INVALID, "the answer is no chat completion", cause="no_choices")
        if not (self._finish or self._is_whole or self.stop or is_done):
            raise DeskError(ErrorCode.STREAM_DROPPED, "the reply ended without saying so")
        self._is_closed = True
        if not self.stop:
            yield from self._text(self._thought.close())
            yield from self._pieces(self._fence.close())
        yield from self._block_at_end()
        for piece in self._calls.close():
            self.has_code = True
            yield piece
        if self._usage is not None:
            yield self._usage
        if self.was_cut:
            yield CutOff()
        if self._finish == "content_filter":
            raise DeskError(ErrorCode.CONTENT_FILTERED, "finish_reason: content_filter")

    def abandon(self) -> Iterator[ModelEvent]:
        """Yields what was held back of a reply that broke off; a block that was held back is text."""
        if self._is_closed:
            return
        yield from self._text(self._thought.close())
        yield from self._pieces(self._fence.close())
        yield from self._release()
        yield from self._calls.close()

    def _choice(self, choice: loose.Json) -> Iterator[ModelEvent]:
        whole = "delta" not in choice and "message" in choice
        delta = loose.mapping(choice.get("message" if whole else "delta"))
        self._is_whole = self._is_whole or whole
        self._finish = loose.text(choice.get("finish_reason")) or self._finish
        text = loose.text(delta.get("content")) or loose.text(delta.get("refusal"))
        yield from self._text(self._thought.feed(self._pairs.feed(text)))
        if self._mode in (ToolMode.NATIVE, ToolMode.EITHER):
            for piece in self._calls.feed(delta, whole=whole):
                yield from self._release()
                self.has_code = True
                yield piece

    def _count(self, usage: loose.Json) -> None:
        prompt, completion = loose.count(usage.get("prompt_tokens")), loose.count(usage.get("completion_tokens"))
        if prompt is not None and completion is not None and prompt + completion:
            self._usage = TokenCount(prompt, completion)

    def _text(self, text: str) -> Iterator[ModelEvent]:
        if self._mode in (ToolMode.EITHER, ToolMode.FENCED):
            yield from self._pieces(self._fence.feed(text))
        else:
            yield from self._prose(text)

    def _pieces(self, pieces: list[Piece]) -> Iterator[ModelEvent]:
        for piece in pieces:
            if self.stop:
                return
            match piece:
                case Prose(text=text):
                    yield from self._prose(text)
                case Block(text=code) if self._mode is ToolMode.FENCED:
                    self.has_code = True
                    yield CodePiece(_FENCED_ID, code)
                case Block(text=code):
                    yield from self._release()
                    self._held.append(code)
                case BlockEnd(source=source) if self._mode is ToolMode.EITHER:
                    self._after = source
                case BlockEnd():
                    self.stop = self.has_code

    def _prose(self, text: str) -> Iterator[ModelEvent]:
        if self._after and not text.strip():
            self._after += text
            return
        yield from self._release()
        if text:
            self.has_text = True
            yield TextPiece(text)

    def _release(self) -> Iterator[ModelEvent]:
        """Gives a block that was held back as the text it turned out to be."""
        if self._after:
            self.has_text = True
            yield TextPiece(self._after)
            self._after = ""
            self._held.clear()

    def _block_at_end(self) -> Iterator[ModelEvent]:
        if self._held and not self.was_cut and not self._calls.called:
            self.has_code = True
            yield CodePiece(_FENCED_ID, "".join(self._held))
            self._after = ""
        yield from self._release()
