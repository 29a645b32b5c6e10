"""The words for what goes wrong with files."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.entity import StoredFile
from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")


def absence(file: StoredFile) -> str:
    """Say of a file whose bytes are not here whether they can still come."""
    return tr("not here yet") if file.remote_id else tr("no longer available")


def _file_missing(data: Data) -> ErrorText:
    if data["cause"] == "certificates":
        return _no_certificates(data, tr("The certificate file {name} is no longer there"))
    return ErrorText(
        tr("{name} is no longer there").format(name=data.name()),
        tr("It was moved, renamed or deleted. Attach it again."),
    )


def _no_certificates(data: Data, title: str) -> ErrorText:
    return ErrorText(
        title.format(name=data.name()),
        tr("Choose another one in the network settings, which “Manage connections…” offers."),
    )


def _file_unreadable(data: Data) -> ErrorText:
    if data["cause"] == "certificates":
        return _no_certificates(data, tr("The certificate file {name} cannot be read"))
    return ErrorText(
        tr("{name} cannot be read").format(name=data.name()),
        tr("Check that you may open it and that no other program holds it."),
    )


def _file_empty(data: Data) -> ErrorText:
    return ErrorText(tr("{name} is empty").format(name=data.name()), tr("There is nothing in it to work with."))


def _file_too_large(data: Data) -> ErrorText:
    return ErrorText(
        tr("{name} is too large").format(name=data.name()),
        tr("It has {size}; at most {limit} are possible.").format(
            size=data.bytes("size", tr("too many bytes")), limit=data.bytes("limit", tr("fewer"))
        ),
    )


def _file_is_folder(data: Data) -> ErrorText:
    return ErrorText(
        tr("{name} is a folder").format(name=data.name()),
        tr("Attach the files in it, or a ZIP archive of the folder."),
    )


def _too_many_files(data: Data) -> ErrorText:
    limit = data["limit"] or tr("fewer")
    return ErrorText(
        tr("Too many files for one message"),
        tr("At most {limit} are possible. Send the rest with another message.").format(limit=limit),
    )


def _message_too_long(data: Data) -> ErrorText:
    limit = data["limit"] or tr("fewer")
    return ErrorText(
        tr("The message is too long"),
        tr("At most {limit} characters are possible. Attach long text as a file.").format(limit=limit),
    )


def _upload_failed(data: Data) -> ErrorText:
    return ErrorText(
        tr("{name} could not be uploaded").format(name=data.name()),
        tr("Your text is kept. Try again, or remove the file.") + data.said(),
        ErrorAction.RETRY,
    )


def _save_failed(data: Data) -> ErrorText:
    return ErrorText(
        tr("{name} could not be saved there").format(name=data.name()),
        tr("Choose a folder that you may write to, with enough space."),
    )


def _disk_full(_data: Data) -> ErrorText:
    return ErrorText(tr("The disk is full"), tr("Free some space and try again. Nothing was lost."), ErrorAction.RETRY)


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.FILE_MISSING: _file_missing,
    ErrorCode.FILE_UNREADABLE: _file_unreadable,
    ErrorCode.FILE_EMPTY: _file_empty,
    ErrorCode.FILE_TOO_LARGE: _file_too_large,
    ErrorCode.FILE_IS_FOLDER: _file_is_folder,
    ErrorCode.TOO_MANY_FILES: _too_many_files,
    ErrorCode.MESSAGE_TOO_LONG: _message_too_long,
    ErrorCode.UPLOAD_FAILED: _upload_failed,
    ErrorCode.SAVE_FAILED: _save_failed,
    ErrorCode.DISK_FULL: _disk_full,
}
