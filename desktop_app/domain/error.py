"""What can go wrong, as a code with data. The wording is the window's (`gui/text/`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ErrorCode(StrEnum):
    """A cause that a person can be told about. Values are stored in the archive: never rename one."""

    # Reaching a service
    ENGINE_UNAVAILABLE = "engine_unavailable"  # the engine process did not start, or died
    # `data` of the first four, where an address is meant: host, port, and cause (one of those in brackets); proxy
    # (its host and port) if there is one in between, and the status that it answered, if any (407: it wants a login)
    CONNECTION_FAILED = "connection_failed"  # [refused, reset, unreachable, name, proxy]
    TIMED_OUT = "timed_out"  # [connect, silence]
    CERTIFICATE_INVALID = "certificate_invalid"  # [untrusted, expired, hostname]
    # Not an http(s) address [one of address, scheme, credentials], or something else answers there
    # [one of not_http, not_tls, html, not_json, not_models, redirect, path].
    ADDRESS_INVALID = "address_invalid"
    UNAUTHORIZED = "unauthorized"  # 401: key missing or wrong; cause: characters, if it cannot even be sent
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    RATE_LIMITED = "rate_limited"  # 429, worth waiting for; data: retry_after (seconds)
    QUOTA_EXHAUSTED = "quota_exhausted"  # 429 insufficient_quota: waiting does not help
    REQUEST_REFUSED = "request_refused"  # 400, 409, 413, 422; data: message
    SERVER_FAILED = "server_failed"  # 5xx; data: message
    RESPONSE_INVALID = "response_invalid"  # not of the documented shape; cause: no_choices, not_json, too_large, empty
    STREAM_DROPPED = "stream_dropped"  # the stream ended before the run did

    # Connections
    CONNECTION_GONE = "connection_gone"  # the thread's connection was removed
    KEY_MISSING = "key_missing"  # the connection wants a key and there is none; data: name
    SERVICE_RETIRED = "service_retired"  # an Assistants address that answers no more; data: host
    # Entra ID: azure-identity is not installed; it refused; the person has to do something first [cause: cancelled,
    # timeout, cli_missing, cli_signed_out, tenant, browser]
    SIGN_IN_UNAVAILABLE = "sign_in_unavailable"
    SIGN_IN_FAILED = "sign_in_failed"
    CONTAINER_EXPIRED = "container_expired"  # the sandbox at the service is gone, and its files with it

    # Models
    MODEL_NOT_FOUND = "model_not_found"  # data: model
    TOOLS_UNSUPPORTED = "tools_unsupported"  # the model cannot call tools; data: model
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_FILTERED = "content_filtered"  # data: categories, if the service says which

    # Runs
    THREAD_BUSY = "thread_busy"  # a run of this thread is still going
    RUN_FAILED = "run_failed"  # data: message
    RUN_EXPIRED = "run_expired"
    RUN_INCOMPLETE = "run_incomplete"  # data: reason
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the program ended in the middle of it

    # Code
    SANDBOX_UNAVAILABLE = "sandbox_unavailable"  # data: reason, install
    CODE_FAILED = "code_failed"  # the code raised; data: name, message
    CODE_TIMED_OUT = "code_timed_out"  # data: seconds
    MEMORY_EXCEEDED = "memory_exceeded"  # data: limit (bytes)
    PROCESSES_EXCEEDED = "processes_exceeded"
    DISK_EXCEEDED = "disk_exceeded"
    SANDBOX_DIED = "sandbox_died"

    # Files
    FILE_MISSING = "file_missing"  # data: name; cause: certificates, if it is those of the network settings
    FILE_UNREADABLE = "file_unreadable"  # likewise
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"  # data: name, size, limit (bytes)
    FILE_IS_FOLDER = "file_is_folder"
    TOO_MANY_FILES = "too_many_files"  # data: limit
    MESSAGE_TOO_LONG = "message_too_long"  # data: limit (characters)
    UPLOAD_FAILED = "upload_failed"
    SAVE_FAILED = "save_failed"
    DISK_FULL = "disk_full"

    # Keys
    KEYCHAIN_MISSING = "keychain_missing"
    KEYCHAIN_LOCKED = "keychain_locked"
    KEYCHAIN_FAILED = "keychain_failed"
    KEY_REJECTED = "key_rejected"  # the keychain refuses this value (too long, odd characters)

    # Import
    IMPORT_EMPTY = "import_empty"  # neither ids of threads nor messages in the text
    ALREADY_HERE = "already_here"  # the thread is in the archive; data: title

    # Everything else
    STORAGE_FAILED = "storage_failed"
    UNEXPECTED = "unexpected"  # a defect of this program; data: type


OF_CONNECTION = frozenset(
    {
        ErrorCode.ENGINE_UNAVAILABLE,
        ErrorCode.CONNECTION_FAILED,
        ErrorCode.CERTIFICATE_INVALID,
        ErrorCode.ADDRESS_INVALID,
        ErrorCode.UNAUTHORIZED,
        ErrorCode.QUOTA_EXHAUSTED,
        ErrorCode.CONNECTION_GONE,
        ErrorCode.KEY_MISSING,
        ErrorCode.SERVICE_RETIRED,
        ErrorCode.SIGN_IN_UNAVAILABLE,
        ErrorCode.SIGN_IN_FAILED,
        ErrorCode.KEYCHAIN_MISSING,
        ErrorCode.KEYCHAIN_LOCKED,
        ErrorCode.KEYCHAIN_FAILED,
    }
)
"""Causes that the next request over the same connection would meet too."""


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as a value: what the archive keeps and the window words.

    Attributes:
        code: The cause.
        data: What the wording needs (names, sizes in bytes, seconds), never a secret.
        detail: Technical text for "Copy details": status, request id, the service's own message.
    """

    code: ErrorCode
    data: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""


class DeskError(Exception):
    """Carries an `ErrorInfo`. Every layer below `gui` raises this one, and nothing of an SDK."""

    def __init__(self, code: ErrorCode, detail: str = "", /, **data: object) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.info = ErrorInfo(code, {name: str(value) for name, value in data.items()}, detail)

    @property
    def code(self) -> ErrorCode:
        """The cause."""
        return self.info.code
