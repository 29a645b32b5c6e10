"""Whether a request that failed may have done its work: then what it has left is looked for before it is sent again."""

from desktop_app.domain.error import DeskError, ErrorCode

_NEVER_SENT = ("refused", "name", "proxy")
_AMBIGUOUS = (ErrorCode.CONNECTION_FAILED, ErrorCode.TIMED_OUT, ErrorCode.SERVER_FAILED, ErrorCode.RESPONSE_INVALID)


def may_have_arrived(error: DeskError) -> bool:
    """Whether the service may have got the request; a network that goes down may do so after that."""
    return error.code in _AMBIGUOUS and error.info.data.get("cause") not in _NEVER_SENT
