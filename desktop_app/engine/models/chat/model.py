"""A language model behind an OpenAI-compatible chat-completions endpoint."""

import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from functools import partial

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import fault, loose
from desktop_app.engine.models.chat.client import Client, Patience
from desktop_app.engine.models.chat.message import build_messages
from desktop_app.engine.models.chat.prompt import system_prompt
from desktop_app.engine.models.chat.quirk import Quirks
from desktop_app.engine.models.chat.reply import ReplyDecoder, ToolMode
from desktop_app.engine.models.chat.sse import ChunkDecoder
from desktop_app.engine.port import ModelEvent, ModelRequest, UserTurn

_MOST_TRIES = 8  # a server could go on refusing something new for ever
PATIENCE = Patience()
"""How long people are asked to wait; tests are less patient."""


class ChatModel:
    """Implements `engine.port.Model`. Remembers, as long as it lives, what each model of the endpoint refuses.

    Args:
        base_url: As `check_endpoint` reports it, such as `http://localhost:11434/v1`.
        key: Sent as bearer token; empty for none. It appears in no log, exception or `repr`.
    """

    def __init__(self, base_url: str, key: str, patience: Patience = PATIENCE) -> None:
        self._base_url = base_url
        self._key = key
        self._patience = patience
        self._quirks: defaultdict[str, Quirks] = defaultdict(Quirks)

    def tool_mode(self, model: str) -> ToolMode:
        """How a model of this endpoint asks for code to be run, as far as is known."""
        return self._quirks[model].tools

    async def reply(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Streams the turn. Closing the iterator closes the connection, and so stops the model.

        Raises:
            DeskError: what went wrong. STREAM_DROPPED if the reply broke off after it began.
        """
        quirks = self._quirks[request.model]
        async with Client(self._base_url, self._key, self._patience) as client:
            for tries_left in reversed(range(_MOST_TRIES)):
                mode = quirks.mode(request)
                messages = build_messages(
                    request.turns, system_prompt(request, mode), calls=quirks.shows_calls(mode), budget=quirks.budget
                )
                body = quirks.body(request, messages, mode)
                decoder = ReplyDecoder(mode, partial(fault.from_chunk, key=self._key.strip(), model=request.model))
                try:
                    async with contextlib.aclosing(self._events(client, body, decoder, request.model)) as events:
                        async for event in events:
                            quirks.watch(decoder)
                            yield event
                except fault.RefusalError as refusal:
                    length = len(json.dumps(messages, ensure_ascii=False))
                    if decoder.started or not tries_left or not quirks.learn(refusal, body, length):
                        raise
                    continue
                break
        if not (decoder.has_text or decoder.has_code or decoder.was_cut) and isinstance(request.turns[-1], UserTurn):
            raise DeskError(ErrorCode.RESPONSE_INVALID, "the model sent an empty reply", cause="empty")

    async def _events(
        self, client: Client, body: Mapping[str, object], decoder: ReplyDecoder, model: str
    ) -> AsyncGenerator[ModelEvent, None]:
        chunks = ChunkDecoder()
        try:
            async with contextlib.aclosing(client.post("/chat/completions", body, model)) as pieces:
                async for data in pieces:
                    for chunk in chunks.feed(data):
                        for event in decoder.feed(chunk):
                            yield event
                    if decoder.stop or chunks.finished:
                        break
            for chunk in chunks.close():
                for event in decoder.feed(chunk):
                    yield event
            for event in decoder.close(is_done=chunks.finished):
                yield event
        except DeskError:
            for event in decoder.abandon():
                yield event
            raise


async def list_models(base_url: str, key: str, patience: Patience = PATIENCE) -> tuple[str, ...]:
    """Returns the ids of the models that an endpoint lists, in its order.

    Raises:
        DeskError: why it lists none.
    """
    brisk = replace(patience, first_byte=patience.listing, idle=patience.listing)
    async with Client(base_url, key, brisk) as client:
        answer = await client.get("/models")
    listed = loose.mapping(answer).get("data", loose.mapping(answer).get("models", answer))
    if not isinstance(listed, list):
        raise DeskError(ErrorCode.ADDRESS_INVALID, "the answer is no list of models", cause="not_models")
    ids = (_model_id(entry) for entry in listed)
    return tuple(dict.fromkeys(model for model in ids if model))


def _model_id(entry: object) -> str:
    if isinstance(entry, str):
        return entry
    values = loose.mapping(entry)
    return next((name for key in ("id", "name", "model") if (name := loose.text(values.get(key)))), "")
