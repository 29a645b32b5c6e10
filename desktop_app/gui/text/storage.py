"""The words for what goes wrong in keychain and archive, and for defects."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")


def _keychain_missing(_data: Data) -> ErrorText:
    return ErrorText(
        tr("This system has no keychain"),
        tr("The key is kept in memory and forgotten when the program ends. It is never written to a file."),
    )


def _keychain_locked(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The keychain is locked"), tr("Unlock it and try again, or enter the key for now."), ErrorAction.RETRY
    )


def _keychain_failed(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The keychain does not work as it should"),
        tr("The key is kept in memory and forgotten when the program ends."),
    )


def _key_rejected(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The keychain does not take this key"),
        tr("It is too long or holds unusual characters. Copy it again, without spaces or line ends."),
        ErrorAction.CONNECT,
    )


def _storage_failed(data: Data) -> ErrorText:
    path = data["path"] or tr("the archive")
    match data["reason"]:
        case "newer":
            return ErrorText(
                tr("The archive is from a newer version of this program"),
                tr("Install that version again to open it. Nothing in it has been changed."),
            )
        case "corrupt":
            restore = tr("Put a backup of {path} in its place, or move it away and start again with an empty one.")
            return ErrorText(tr("The archive on this computer is damaged"), restore.format(path=path))
        case _:
            return ErrorText(
                tr("The archive on this computer cannot be written"),
                tr("Check the disk's space and permissions. What is shown may not be kept until this is solved."),
                ErrorAction.RETRY,
            )


def _unexpected(data: Data) -> ErrorText:
    kind = data["type"]
    return ErrorText(
        tr("Something went wrong inside the program ({type})").format(type=kind)
        if kind
        else tr("Something went wrong inside the program"),
        tr("This is a defect. Your threads are safe. Copy the details and report them, please."),
    )


def _import_empty(_data: Data) -> ErrorText:
    return ErrorText(
        tr("There is no thread in this text"),
        tr("Paste ids such as thread_abc123 or conv_abc123, or a list of messages in JSON as the service gave it."),
    )


def _already_here(data: Data) -> ErrorText:
    title = f"“{data['title']}”" if data["title"] else tr("The thread")
    return ErrorText(tr("{title} is here already").format(title=title), tr("It has not been imported a second time."))


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.KEYCHAIN_MISSING: _keychain_missing,
    ErrorCode.KEYCHAIN_LOCKED: _keychain_locked,
    ErrorCode.KEYCHAIN_FAILED: _keychain_failed,
    ErrorCode.KEY_REJECTED: _key_rejected,
    ErrorCode.STORAGE_FAILED: _storage_failed,
    ErrorCode.IMPORT_EMPTY: _import_empty,
    ErrorCode.ALREADY_HERE: _already_here,
    ErrorCode.UNEXPECTED: _unexpected,
}
