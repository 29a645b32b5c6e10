"""Errors in the API's terms, with the engine's own terms beside them in the metadata."""

import json
from collections.abc import Mapping

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.engine.storage.record import Json

ERROR_KEY = "error"
"""The metadata key under which a run or step carries `{"code", "data"}` of an `ErrorInfo`."""

_MAX_VALUE = 512
_MAX_PAIRS = 16
_WORTH_KEEPING = 8

_API_CODES = {
    ErrorCode.RATE_LIMITED: "rate_limit_exceeded",
    ErrorCode.QUOTA_EXHAUSTED: "rate_limit_exceeded",
    ErrorCode.CONTEXT_TOO_LONG: "invalid_prompt",
    ErrorCode.CONTENT_FILTERED: "invalid_prompt",
    ErrorCode.REQUEST_REFUSED: "invalid_prompt",
}

_SENTENCES = {
    ErrorCode.CONNECTION_FAILED: "The model endpoint cannot be reached.",
    ErrorCode.TIMED_OUT: "The model endpoint did not answer in time.",
    ErrorCode.CERTIFICATE_INVALID: "The certificate of the model endpoint is not valid.",
    ErrorCode.ADDRESS_INVALID: "The address of the model endpoint is wrong.",
    ErrorCode.UNAUTHORIZED: "The model endpoint refuses the key.",
    ErrorCode.FORBIDDEN: "The model endpoint does not allow this.",
    ErrorCode.RATE_LIMITED: "The model endpoint asks to slow down.",
    ErrorCode.QUOTA_EXHAUSTED: "The quota at the model endpoint is used up.",
    ErrorCode.REQUEST_REFUSED: "The model endpoint refused the request.",
    ErrorCode.SERVER_FAILED: "The model endpoint failed.",
    ErrorCode.RESPONSE_INVALID: "The model endpoint sent an answer that cannot be read.",
    ErrorCode.STREAM_DROPPED: "The model endpoint dropped the connection in the middle of its answer.",
    ErrorCode.MODEL_NOT_FOUND: "The model endpoint does not have this model.",
    ErrorCode.TOOLS_UNSUPPORTED: "This model cannot call tools.",
    ErrorCode.CONTEXT_TOO_LONG: "The conversation is too long for this model.",
    ErrorCode.CONTENT_FILTERED: "A content filter stopped the model.",
    ErrorCode.RUN_EXPIRED: "The run took too long.",
    ErrorCode.INTERRUPTED: "The program ended several times in the middle of this run.",
    ErrorCode.SANDBOX_UNAVAILABLE: "There is no working sandbox on this computer.",
    ErrorCode.DISK_FULL: "The disk is full.",
    ErrorCode.STORAGE_FAILED: "The engine cannot write to its storage.",
    ErrorCode.UNEXPECTED: "The engine had an internal error.",
}


def last_error(info: ErrorInfo) -> Json:
    """The `last_error` of a run."""
    sentence = _SENTENCES.get(info.code) or info.data.get("message") or info.code.replace("_", " ").capitalize() + "."
    message = f"{sentence} {info.detail}" if info.detail else sentence
    return {"code": _API_CODES.get(info.code, "server_error"), "message": message}


def step_error(info: ErrorInfo) -> Json:
    """The `last_error` of a step, which knows fewer codes than a run."""
    error = last_error(info)
    return error if error["code"] == "rate_limit_exceeded" else error | {"code": "server_error"}


def with_error(metadata: Mapping[str, str], info: ErrorInfo) -> dict[str, str]:
    """The metadata with the error in it, within the API's limits."""
    if len(metadata) >= _MAX_PAIRS and ERROR_KEY not in metadata:
        return dict(metadata)
    return {**metadata, ERROR_KEY: _encode(info)}


def _encode(info: ErrorInfo) -> str:
    data = dict(info.data)
    while True:
        text = json.dumps({"code": info.code, "data": data}, ensure_ascii=False)
        if len(text) <= _MAX_VALUE or not data:
            return text
        longest = max(data, key=lambda name: len(data[name]))
        value = data.pop(longest)
        if len(value) > _WORTH_KEEPING:
            # In JSON some characters are longer than one, so that how much to cut off cannot be told exactly.
            excess = len(text) - _MAX_VALUE + 1
            data[longest] = value[: max(len(value) - excess, len(value) // 2)] + "…"
