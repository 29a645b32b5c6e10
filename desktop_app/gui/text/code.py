"""The words for what goes wrong with code and its sandbox."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.exception import exception
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")


def _sandbox_unavailable(data: Data) -> ErrorText:
    never = tr("Code never runs outside a sandbox, and none works on this computer.")
    install = data["install"]
    if is_command(install):
        never = tr("Code never runs outside a sandbox. To get one, run: {command}").format(command=install)
    elif install:
        never = f"{never} {install}."
    return ErrorText(tr("Code cannot run on this computer yet"), never, ErrorAction.SANDBOX)


def is_command(install: str) -> bool:
    """Whether what helps against a missing sandbox can be typed into a terminal; else it is a sentence."""
    return install[:1].islower()


def _code_failed(data: Data) -> ErrorText:
    return ErrorText(exception(data["name"], data["message"]), tr("The assistant sees the error and can try again."))


def _code_timed_out(data: Data) -> ErrorText:
    return ErrorText(
        tr("Stopped after {time}").format(time=data.seconds("seconds", tr("the time it may take"))),
        tr("The code took longer than a step may take. Ask for a smaller step or for fewer rows."),
    )


def _memory_exceeded(data: Data) -> ErrorText:
    return ErrorText(
        tr("The code needed more memory than {limit}").format(limit=data.bytes("limit", tr("the limit"))),
        tr("It was stopped. Ask for the data to be read in pieces or with fewer columns."),
    )


def _processes_exceeded(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The code started too many processes"), tr("It was stopped. Ask for a version that runs in one process.")
    )


def _disk_exceeded(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The code wrote more than the sandbox may keep"), tr("It was stopped. Ask for smaller or fewer files.")
    )


def _sandbox_died(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The sandbox ended unexpectedly"),
        tr("The files are still there; variables are lost. The next step starts a new sandbox."),
        ErrorAction.RETRY,
    )


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.SANDBOX_UNAVAILABLE: _sandbox_unavailable,
    ErrorCode.CODE_FAILED: _code_failed,
    ErrorCode.CODE_TIMED_OUT: _code_timed_out,
    ErrorCode.MEMORY_EXCEEDED: _memory_exceeded,
    ErrorCode.PROCESSES_EXCEEDED: _processes_exceeded,
    ErrorCode.DISK_EXCEEDED: _disk_exceeded,
    ErrorCode.SANDBOX_DIED: _sandbox_died,
}
