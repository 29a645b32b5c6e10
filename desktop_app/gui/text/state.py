"""States and notices in words."""

from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.entity import Remark, RemarkKind, RunState
from desktop_app.gui.measure import duration
from desktop_app.gui.text.error import describe
from desktop_app.services.activity import ActivityKind
from desktop_app.services.notice import Notice, NoticeKind

tr = partial(QCoreApplication.translate, "text")


def activity(kind: ActivityKind, done: int = 0, total: int = 0, seconds: int = 0) -> str:
    """Say what is being waited for; where it can be counted, how far it is; where it is known, when it goes on."""
    if kind is ActivityKind.RATE_LIMITED and seconds > 0:
        return tr("The service asks to wait. Going on in {time}.").format(time=duration(seconds))
    if kind is ActivityKind.UPLOADING and total > 1:
        return tr("Uploading {done} of {total} files").format(done=min(done + 1, total), total=total)
    return {
        ActivityKind.STARTING_ENGINE: tr("Starting the engine"),
        ActivityKind.UPLOADING: tr("Uploading the file"),
        ActivityKind.WAITING_FOR_MODEL: tr("Waiting for the model"),
        ActivityKind.THINKING: tr("The model is thinking"),
        ActivityKind.WRITING_CODE: tr("Writing code"),
        ActivityKind.RUNNING_CODE: tr("Running code"),
        ActivityKind.WRITING_ANSWER: tr("Writing the answer"),
        ActivityKind.STOPPING: tr("Stopping"),
        ActivityKind.RATE_LIMITED: tr("The service asked to wait. Going on now."),
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


def remark_words(remark: Remark) -> str:
    """Say what the app or the service did on the way to an answer."""
    match remark.kind:
        case RemarkKind.CONTAINER_REPLACED:
            return _container_replaced(remark.data.get("files", ""))
        case RemarkKind.FILES_LOST if remark.data.get("names"):
            return tr("Not in the new sandbox, because they are not on this computer: {names}.").format(
                names=remark.data["names"]
            )
        case RemarkKind.FILES_LOST:
            return tr("Some files are not in the new sandbox, because they are not on this computer.")
        case RemarkKind.HISTORY_SENT:
            return tr("The service did not have this conversation. It was told what had been said before.")


def _container_replaced(files: str) -> str:
    words = tr("The sandbox at the service had expired. A new one was started")
    if files in ("", "0"):
        return words + "."
    again = tr("1 file was uploaded again") if files == "1" else tr("{count} files were uploaded again")
    return tr("{started} and {uploaded}.").format(started=words, uploaded=again.format(count=files))


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
