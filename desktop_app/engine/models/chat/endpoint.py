"""Tries an endpoint out, and says precisely what is wrong with it."""

import contextlib
from collections.abc import Sequence

from desktop_app.domain.entity import EndpointReport
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.models.chat.address import candidates
from desktop_app.engine.models.chat.client import Patience
from desktop_app.engine.models.chat.model import PATIENCE, ChatModel, list_models
from desktop_app.engine.models.chat.reply import ToolMode
from desktop_app.engine.port import CodePiece, ModelRequest, UserTurn

_WRONG_PLACE = (ErrorCode.NOT_FOUND, ErrorCode.ADDRESS_INVALID, ErrorCode.RESPONSE_INVALID, ErrorCode.REQUEST_REFUSED)
_INSTRUCTIONS = "This is a test of the connection. Call the tool at once, without thinking or explaining."
_QUESTION = "Run this Python code: print(6 * 7)"
_MOST_TOKENS = 2_000  # room for a model that thinks all the same


async def check_endpoint(base_url: str, key: str, model: str, patience: Patience = PATIENCE) -> EndpointReport:
    """Finds the address that was meant, lists its models and, if `model` is given, has it make one tool call.

    Never raises for a bad endpoint: the report's `error` says what is wrong. A model that cannot call tools is no
    error, since it is then asked for fenced blocks.
    """
    try:
        addresses = candidates(base_url)
    except DeskError as error:
        return EndpointReport(base_url.strip(), error=error.info)
    failures: list[tuple[str, DeskError]] = []
    for address in addresses:
        try:
            models = await list_models(address, key, patience)
        except DeskError as error:
            failures.append((address, error))
            if error.code not in (*_WRONG_PLACE, ErrorCode.CONNECTION_FAILED):
                break  # a server that asks for a key, or is busy, is the right one
        else:
            return await _try_model(address, key, model, models, patience)
    if model and (report := await _without_list(failures, key, model, patience)) is not None:
        return report
    address, failure = _most_telling(failures)
    return EndpointReport(address, error=failure.info)


async def _without_list(
    failures: Sequence[tuple[str, DeskError]], key: str, model: str, patience: Patience
) -> EndpointReport | None:
    """Some servers list no models and answer all the same."""
    for address, failure in failures:
        if failure.code in _WRONG_PLACE:
            report = await _try_model(address, key, model, (), patience)
            if report.error is None or report.error.code not in _WRONG_PLACE:
                return report
    return None


def _most_telling(failures: Sequence[tuple[str, DeskError]]) -> tuple[str, DeskError]:
    """The failure of the address that came nearest to an endpoint."""
    for address, error in failures:
        if error.code not in (*_WRONG_PLACE, ErrorCode.CONNECTION_FAILED):
            return address, error
    for address, error in failures:
        if error.code is not ErrorCode.CONNECTION_FAILED:
            return address, error
    return failures[0]


async def _try_model(address: str, key: str, model: str, models: tuple[str, ...], patience: Patience) -> EndpointReport:
    if not model:
        return EndpointReport(address, models)
    chat = ChatModel(address, key, patience)
    request = ModelRequest(
        model=model,
        instructions=_INSTRUCTIONS,
        turns=(UserTurn(_QUESTION),),
        files=(),
        code_interpreter=True,
        can_run_code=True,
        probe=_no_probe,
        max_completion_tokens=_MOST_TOKENS,
    )
    failure: ErrorInfo | None = None
    try:
        async with contextlib.aclosing(chat.reply(request)) as events:
            async for event in events:
                if isinstance(event, CodePiece) and event.text:
                    break  # that is all we want to know
    except DeskError as error:
        failure = error.info
    if failure is not None:
        return EndpointReport(address, models, failure)
    return EndpointReport(address, models, can_call_tools=chat.tool_mode(model) is ToolMode.NATIVE)


async def _no_probe(_code: str) -> str:
    raise DeskError(ErrorCode.SANDBOX_UNAVAILABLE)
