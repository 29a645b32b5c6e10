"""All wording of errors and states: what happened, what to do next, and which button helps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.entity import RunState
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.measure import duration, size
from desktop_app.services.activity import ActivityKind
from desktop_app.services.notice import Notice, NoticeKind

tr = partial(QCoreApplication.translate, "text")


class ErrorAction(StrEnum):
    """The one thing that helps most."""

    NONE = "none"
    RETRY = "retry"
    CONNECT = "connect"  # opens "Connect a model"
    SANDBOX = "sandbox"  # opens "Sandbox details"


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error in words.

    Attributes:
        title: What happened, in one sentence without a full stop.
        help: What it means and what to do next.
        action: The button to offer.
    """

    title: str
    help: str
    action: ErrorAction = ErrorAction.NONE


def describe(error: ErrorInfo) -> ErrorText:
    """Word an error. Codes with data that is missing get the same sentence without it."""
    return _WORDINGS[error.code](_Data(error.data))


def one_line(error: ErrorInfo) -> str:
    """Word an error where there is room for one line only."""
    return describe(error).title


def details(error: ErrorInfo) -> str:
    """Return what "Copy details" copies: the wording, the code and the technical text. Never a secret."""
    text = describe(error)
    lines = [text.title, text.help, "", f"Code: {error.code}"]
    lines += [f"{name}: {value}" for name, value in sorted(error.data.items())]
    if error.detail:
        lines += ["", error.detail]
    return "\n".join(lines)


def action_label(action: ErrorAction) -> str:
    """Return the words on the button; empty for no button."""
    return {
        ErrorAction.NONE: "",
        ErrorAction.RETRY: tr("Retry"),
        ErrorAction.CONNECT: tr("Connect a model…"),
        ErrorAction.SANDBOX: tr("Sandbox details…"),
    }[action]


def activity(kind: ActivityKind, done: int = 0, total: int = 0) -> str:
    """Say what is being waited for; where it can be counted, how far it is."""
    if kind is ActivityKind.UPLOADING and total > 1:
        return tr("Uploading {done} of {total} files").format(done=min(done + 1, total), total=total)
    return {
        ActivityKind.STARTING_ENGINE: tr("Starting the engine"),
        ActivityKind.UPLOADING: tr("Uploading the file"),
        ActivityKind.WAITING_FOR_MODEL: tr("Waiting for the model"),
        ActivityKind.WRITING_CODE: tr("Writing code"),
        ActivityKind.RUNNING_CODE: tr("Running code"),
        ActivityKind.WRITING_ANSWER: tr("Writing the answer"),
        ActivityKind.STOPPING: tr("Stopping"),
        ActivityKind.RECONNECTING: tr("Connection lost, reconnecting"),
    }[kind]


def run_state(state: RunState) -> str:
    """Say how a run stands."""
    return {
        RunState.STARTING: tr("Starting"),
        RunState.QUEUED: tr("Waiting for its turn"),
        RunState.IN_PROGRESS: tr("Working"),
        RunState.REQUIRES_ACTION: tr("Waiting for a tool"),
        RunState.CANCELLING: tr("Stopping"),
        RunState.CANCELLED: tr("Stopped by you"),
        RunState.FAILED: tr("Ended with a problem"),
        RunState.COMPLETED: tr("Completed"),
        RunState.INCOMPLETE: tr("Cut off"),
        RunState.EXPIRED: tr("Took too long"),
    }[state]


def notice(notice: Notice) -> str:
    """Say what happened, in one line."""
    match notice.kind:
        case NoticeKind.THREAD_DELETED:
            return tr("Deleted “{title}”").format(title=notice.subject or tr("New thread"))
        case NoticeKind.ASSISTANT_DELETED:
            return tr("Deleted the assistant “{name}”").format(name=notice.subject)
        case NoticeKind.FILE_SAVED:
            return tr("Saved {name}").format(name=notice.subject)
        case NoticeKind.KEY_IN_MEMORY:
            return tr("No keychain: the key is kept in memory until the program ends")
        case NoticeKind.ERROR:
            return describe(notice.error).title if notice.error else tr("Something went wrong inside the program")


class _Data:
    """What came with the error, worded; with a stand-in for what did not."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self._data = data

    def __getitem__(self, name: str) -> str:
        return self._data.get(name, "")

    def name(self) -> str:
        return f"“{self['name']}”" if self["name"] else tr("The file")

    def model(self) -> str:
        return f"“{self['model']}”" if self["model"] else tr("The chosen model")

    def bytes(self, name: str, missing: str) -> str:
        return size(int(self[name])) if self[name].isdigit() else missing

    def seconds(self, name: str, missing: str) -> str:
        try:
            return duration(float(self[name]))
        except ValueError:
            return missing

    def said(self, name: str = "message") -> str:
        """Return what the other side said as a sentence of its own, or nothing."""
        return " " + tr("It said: {message}").format(message=self[name]) if self[name] else ""


def _engine_unavailable(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The engine on this computer is not running"),
        tr("It starts with the window and is started again when you retry. Your threads are safe."),
        ErrorAction.RETRY,
    )


def _connection_failed(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The model's server cannot be reached"),
        tr("Check that it is running and that its address is right, then try again."),
        ErrorAction.RETRY,
    )


def _timed_out(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The server took too long to answer"),
        tr("It may be loading the model or be busy. Try again in a moment."),
        ErrorAction.RETRY,
    )


def _certificate_invalid(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The server's certificate is not trusted"),
        tr("Check the address. If your company has its own certificates, install them in your system."),
        ErrorAction.CONNECT,
    )


def _address_invalid(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("No model service answers at this address"),
        tr("It should look like http://localhost:11434/v1. Something else may be listening there."),
        ErrorAction.CONNECT,
    )


def _unauthorized(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service does not accept the key"),
        tr("It is missing, mistyped or no longer valid. Enter it again."),
        ErrorAction.CONNECT,
    )


def _forbidden(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service does not allow this with your key"),
        tr("The key is valid but lacks the permission. Use another key or ask its owner.") + data.said(),
        ErrorAction.CONNECT,
    )


def _not_found(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service does not have what was asked for"),
        tr("It may have been deleted there, or the address lacks a part such as /v1."),
        ErrorAction.RETRY,
    )


def _rate_limited(data: _Data) -> ErrorText:
    wait = data.seconds("retry_after", tr("a minute"))
    return ErrorText(
        tr("The service asks to slow down"),
        tr("Too many requests in a short time. Try again in {wait}.").format(wait=wait),
        ErrorAction.RETRY,
    )


def _quota_exhausted(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The account's quota is used up"),
        tr("Waiting does not help: raise the limit or add credit at the service, or connect another model."),
        ErrorAction.CONNECT,
    )


def _request_refused(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service refused the request"),
        tr("Change the message, its files or the assistant's settings, and try again.") + data.said(),
        ErrorAction.RETRY,
    )


def _server_failed(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service has a problem of its own"),
        tr("Nothing is wrong with your message. Try again in a moment.") + data.said(),
        ErrorAction.RETRY,
    )


def _response_invalid(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service answered in a way that cannot be understood"),
        tr("It may not be a chat-completions service, or speak a different version of it."),
        ErrorAction.CONNECT,
    )


def _stream_dropped(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The connection broke before the answer was complete"),
        tr("What has arrived is kept. Try again to get the rest."),
        ErrorAction.RETRY,
    )


def _model_not_found(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{model} is not available on the server").format(model=data.model()),
        tr("Choose a model from its list, or load this one there first."),
        ErrorAction.CONNECT,
    )


def _tools_unsupported(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{model} cannot run code").format(model=data.model()),
        tr("It does not support tool calls. Choose a model that does, or turn the code interpreter off."),
        ErrorAction.CONNECT,
    )


def _context_too_long(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The thread has become too long for the model"),
        tr("Start a new thread, or connect a model with a larger context."),
    )


def _content_filtered(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The service's content filter stopped the answer"),
        tr("Ask in other words. What was written up to then is kept."),
    )


def _thread_busy(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("This thread is still working on your last message"),
        tr("Wait for it to finish, or press Stop first."),
    )


def _run_failed(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The model could not complete the answer"),
        (tr("Try again; if it happens again, copy the details.") + data.said()).strip(),
        ErrorAction.RETRY,
    )


def _run_expired(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The answer took longer than the service allows"),
        tr("What was written is kept. Try again, perhaps with a smaller question."),
        ErrorAction.RETRY,
    )


def _run_incomplete(data: _Data) -> ErrorText:
    help_text = (
        tr("The model stopped to filter its content. Ask in other words.")
        if data["reason"] == "content_filter"
        else tr("It reached the length limit. Ask it to go on.")
    )
    return ErrorText(tr("The answer was cut off"), help_text)


def _cancelled(_data: _Data) -> ErrorText:
    return ErrorText(tr("You stopped it"), tr("What was written up to then is kept."))


def _interrupted(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The program ended in the middle of this"),
        tr("What had arrived is kept. Try again to get the rest."),
        ErrorAction.RETRY,
    )


def _sandbox_unavailable(data: _Data) -> ErrorText:
    install = data["install"]
    help_text = (
        tr("Code never runs outside a sandbox. To get one, run: {command}").format(command=install)
        if install
        else tr("Code never runs outside a sandbox, and none works on this computer.")
    )
    return ErrorText(tr("Code cannot run on this computer yet"), help_text, ErrorAction.SANDBOX)


def _code_failed(data: _Data) -> ErrorText:
    what = ": ".join(part for part in (data["name"], data["message"]) if part)
    title = tr("The code raised {what}").format(what=what) if what else tr("The code raised an error")
    return ErrorText(title, tr("The assistant sees the error and can try again."))


def _code_timed_out(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The code ran longer than {time}").format(time=data.seconds("seconds", tr("the limit"))),
        tr("It was stopped. Ask for a smaller step or for fewer rows."),
    )


def _memory_exceeded(data: _Data) -> ErrorText:
    return ErrorText(
        tr("The code needed more memory than {limit}").format(limit=data.bytes("limit", tr("the limit"))),
        tr("It was stopped. Ask for the data to be read in pieces or with fewer columns."),
    )


def _processes_exceeded(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The code started too many processes"), tr("It was stopped. Ask for a version that runs in one process.")
    )


def _disk_exceeded(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The code wrote more than the sandbox may keep"), tr("It was stopped. Ask for smaller or fewer files.")
    )


def _sandbox_died(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The sandbox ended unexpectedly"),
        tr("The files are still there; variables are lost. The next step starts a new sandbox."),
        ErrorAction.RETRY,
    )


def _file_missing(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} is no longer there").format(name=data.name()),
        tr("It was moved, renamed or deleted. Attach it again."),
    )


def _file_unreadable(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} cannot be read").format(name=data.name()),
        tr("Check that you may open it and that no other program holds it."),
    )


def _file_empty(data: _Data) -> ErrorText:
    return ErrorText(tr("{name} is empty").format(name=data.name()), tr("There is nothing in it to work with."))


def _file_too_large(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} is too large").format(name=data.name()),
        tr("It has {size}; at most {limit} are possible.").format(
            size=data.bytes("size", tr("too many bytes")), limit=data.bytes("limit", tr("fewer"))
        ),
    )


def _file_is_folder(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} is a folder").format(name=data.name()),
        tr("Attach the files in it, or a ZIP archive of the folder."),
    )


def _too_many_files(data: _Data) -> ErrorText:
    limit = data["limit"] or tr("fewer")
    return ErrorText(
        tr("Too many files for one message"),
        tr("At most {limit} are possible. Send the rest with another message.").format(limit=limit),
    )


def _message_too_long(data: _Data) -> ErrorText:
    limit = data["limit"] or tr("fewer")
    return ErrorText(
        tr("The message is too long"),
        tr("At most {limit} characters are possible. Attach long text as a file.").format(limit=limit),
    )


def _upload_failed(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} could not be uploaded").format(name=data.name()),
        tr("Your text is kept. Try again, or remove the file.") + data.said(),
        ErrorAction.RETRY,
    )


def _save_failed(data: _Data) -> ErrorText:
    return ErrorText(
        tr("{name} could not be saved there").format(name=data.name()),
        tr("Choose a folder that you may write to, with enough space."),
    )


def _disk_full(_data: _Data) -> ErrorText:
    return ErrorText(tr("The disk is full"), tr("Free some space and try again. Nothing was lost."), ErrorAction.RETRY)


def _keychain_missing(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("This system has no keychain"),
        tr("The key is kept in memory and forgotten when the program ends. It is never written to a file."),
    )


def _keychain_locked(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The keychain is locked"), tr("Unlock it and try again, or enter the key for now."), ErrorAction.RETRY
    )


def _keychain_failed(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The keychain does not work as it should"),
        tr("The key is kept in memory and forgotten when the program ends."),
    )


def _key_rejected(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The keychain does not take this key"),
        tr("It is too long or holds unusual characters. Copy it again, without spaces or line ends."),
        ErrorAction.CONNECT,
    )


def _storage_failed(_data: _Data) -> ErrorText:
    return ErrorText(
        tr("The archive on this computer cannot be written"),
        tr("Check the disk's space and permissions. What is shown may not be kept until this is solved."),
        ErrorAction.RETRY,
    )


def _unexpected(data: _Data) -> ErrorText:
    kind = data["type"]
    return ErrorText(
        tr("Something went wrong inside the program ({type})").format(type=kind)
        if kind
        else tr("Something went wrong inside the program"),
        tr("This is a defect. Your threads are safe. Copy the details and report them, please."),
    )


_WORDINGS: Mapping[ErrorCode, Callable[[_Data], ErrorText]] = {
    ErrorCode.ENGINE_UNAVAILABLE: _engine_unavailable,
    ErrorCode.CONNECTION_FAILED: _connection_failed,
    ErrorCode.TIMED_OUT: _timed_out,
    ErrorCode.CERTIFICATE_INVALID: _certificate_invalid,
    ErrorCode.ADDRESS_INVALID: _address_invalid,
    ErrorCode.UNAUTHORIZED: _unauthorized,
    ErrorCode.FORBIDDEN: _forbidden,
    ErrorCode.NOT_FOUND: _not_found,
    ErrorCode.RATE_LIMITED: _rate_limited,
    ErrorCode.QUOTA_EXHAUSTED: _quota_exhausted,
    ErrorCode.REQUEST_REFUSED: _request_refused,
    ErrorCode.SERVER_FAILED: _server_failed,
    ErrorCode.RESPONSE_INVALID: _response_invalid,
    ErrorCode.STREAM_DROPPED: _stream_dropped,
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
    ErrorCode.SANDBOX_UNAVAILABLE: _sandbox_unavailable,
    ErrorCode.CODE_FAILED: _code_failed,
    ErrorCode.CODE_TIMED_OUT: _code_timed_out,
    ErrorCode.MEMORY_EXCEEDED: _memory_exceeded,
    ErrorCode.PROCESSES_EXCEEDED: _processes_exceeded,
    ErrorCode.DISK_EXCEEDED: _disk_exceeded,
    ErrorCode.SANDBOX_DIED: _sandbox_died,
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
    ErrorCode.KEYCHAIN_MISSING: _keychain_missing,
    ErrorCode.KEYCHAIN_LOCKED: _keychain_locked,
    ErrorCode.KEYCHAIN_FAILED: _keychain_failed,
    ErrorCode.KEY_REJECTED: _key_rejected,
    ErrorCode.STORAGE_FAILED: _storage_failed,
    ErrorCode.UNEXPECTED: _unexpected,
}
