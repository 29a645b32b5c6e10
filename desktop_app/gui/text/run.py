"""The words for what models cannot do, and for runs that end early."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")


def _model_not_found(data: Data) -> ErrorText:
    return ErrorText(
        tr("{model} is not available on the server").format(model=data.model()),
        tr("Choose one from its list. At Azure it is the name of a deployment, not of its model.")
        if data["status"]  # a service, not an endpoint of this computer's engine
        else tr("Choose a model from its list, or load this one there first."),
        ErrorAction.CONNECT,
    )


def _tools_unsupported(data: Data) -> ErrorText:
    return ErrorText(
        tr("{model} cannot run code").format(model=data.model()),
        tr("It does not support tool calls. Choose a model that does, or turn the code interpreter off."),
        ErrorAction.CONNECT,
    )


def _context_too_long(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The thread has become too long for the model"),
        tr("Start a new thread, or connect a model with a larger context."),
    )


def _content_filtered(data: Data) -> ErrorText:
    categories = data["categories"]
    why = " " + tr("The filter found: {categories}.").format(categories=categories) if categories else ""
    return ErrorText(
        tr("The service's content filter stopped the answer"),
        tr("Ask in other words. What was written up to then is kept.") + why,
    )


def _thread_busy(_data: Data) -> ErrorText:
    return ErrorText(
        tr("This thread is still working on your last message"),
        tr("Wait for it to finish, or press Stop first."),
    )


def _run_failed(data: Data) -> ErrorText:
    return ErrorText(
        tr("The model could not complete the answer"),
        (tr("Try again; if it happens again, copy the details.") + data.said()).strip(),
        ErrorAction.RETRY,
    )


def _run_expired(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The answer took longer than the service allows"),
        tr("What was written is kept. Try again, perhaps with a smaller question."),
        ErrorAction.RETRY,
    )


def _run_incomplete(data: Data) -> ErrorText:
    help_text = (
        tr("The model stopped to filter its content. Ask in other words.")
        if data["reason"] == "content_filter"
        else tr("It reached the length limit. Ask it to go on.")
    )
    return ErrorText(tr("The answer was cut off"), help_text)


def _cancelled(_data: Data) -> ErrorText:
    return ErrorText(tr("You stopped it"), tr("What was written up to then is kept."))


def _interrupted(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The program ended in the middle of this"),
        tr("What had arrived is kept. Try again to get the rest."),
        ErrorAction.RETRY,
    )


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.MODEL_NOT_FOUND: _model_not_found,
    ErrorCode.TOOLS_UNSUPPORTED: _tools_unsupported,
    ErrorCode.CONTEXT_TOO_LONG: _context_too_long,
    ErrorCode.CONTENT_FILTERED: _content_filtered,
    ErrorCode.THREAD_BUSY: _thread_busy,
    ErrorCode.RUN_FAILED: _run_failed,
    ErrorCode.RUN_EXPIRED: _run_expired,
    ErrorCode.RUN_INCOMPLETE: _run_incomplete,
    ErrorCode.CANCELLED: _cancelled,
    ErrorCode.INTERRUPTED: _interrupted,
}
