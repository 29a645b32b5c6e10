"""The sentences that the sandbox adds to a step's logs, for the person and the model alike."""

from collections.abc import Sequence

from desktop_app.domain.error import ErrorCode, ErrorInfo

RESTARTED = "The Python session was restarted: variables from earlier steps are gone, files in /mnt/data are kept."
UNRESPONSIVE = "The code did not react to the interrupt."
STATE_LOST = "The Python session was ended: variables are gone, files in /mnt/data are kept."


def size(count: int) -> str:
    """A number of bytes as a person says it: `1.5 GB` is 1.5 times 1024^3, as the limits are set."""
    value = float(count)
    for unit in ("bytes", "KB", "MB"):
        if value < 1024:
            return f"{_number(value)} {unit}"
        value /= 1024
    return f"{_number(value)} GB"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def output_cut(count: int) -> str:
    """Said once at the end of a step."""
    return f"[{size(count)} more output was cut.]"


def images_cut(count: int, limit: int) -> str:
    """Said once at the end of a step."""
    return f"[{count} more pictures are not shown: a step shows at most {limit}.]"


def limit_hit(limit: ErrorInfo) -> str:
    """Why the step was stopped, or what went wrong in it."""
    data = limit.data
    match limit.code:
        case ErrorCode.CODE_TIMED_OUT:
            return f"The code was stopped after {data['seconds']} seconds, the time limit of a step."
        case ErrorCode.MEMORY_EXCEEDED:
            return f"The code needed more memory than a session may use ({size(int(data['limit']))})."
        case ErrorCode.PROCESSES_EXCEEDED:
            return f"The code was stopped: it started more processes than a session may have ({data['limit']})."
        case ErrorCode.DISK_EXCEEDED:
            allowed = size(int(data["limit"]))
            return (
                f"The code was stopped: it wrote more to disk than a session may use ({allowed}). "
                "The files that this step wrote were removed."
            )
        case _:
            return f"The sandbox ended unexpectedly: {limit.detail}."


def not_offered(names: Sequence[str], count: int) -> str:
    """Said for things in /mnt/data that are no plain files with plain names."""
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return f"[Not offered as files: {', '.join(names)}{more}.]"
