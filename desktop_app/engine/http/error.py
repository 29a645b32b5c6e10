"""Every error as OpenAI's body: `{"error": {"message", "type", "param", "code"}}`."""

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.record import UnknownCursorError


def error_response(status: int, message: str, *, param: str | None = None, code: str | None = None) -> JsonAnswer:
    """An answer that carries an error."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JsonAnswer(body, status)


async def on_refusal(_: Request, error: Exception) -> Response:
    """Answers a request that was refused."""
    if not isinstance(error, RefusalError):
        raise error
    return error_response(error.status, error.message, param=error.param, code=error.code)


async def on_unknown_cursor(_: Request, error: Exception) -> Response:
    """Answers a page that begins nowhere."""
    return error_response(400, f"Invalid cursor: there is no object with id '{error}' in this list.", param="after")


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answers unknown addresses and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    place = f"{request.method} {request.url.path}"
    if status == 404:
        return error_response(404, f"Invalid URL ({place})", code="unknown_url")
    if status == 405:
        message = f"Not allowed to {request.method} on {request.url.path}."
        response = error_response(405, message, code="method_not_supported")
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response
    return error_response(status, f"The request could not be read ({place}).")


async def on_desk_error(_: Request, error: Exception) -> Response:
    """Answers what the storage could not do."""
    if isinstance(error, DeskError) and error.code is ErrorCode.DISK_FULL:
        return error_response(507, "The disk is full.", code="disk_full")
    return error_response(500, "The engine cannot write to its storage.", code="storage_failed")


async def on_disconnect(_: Request, __: Exception) -> Response:
    """Ends a request whose client has gone, such as a cancelled upload. Nobody reads the answer."""
    return error_response(400, "The client has gone.")


async def on_defect(_: Request, __: Exception) -> Response:
    """Answers when the engine has a defect, without its details. They go to the log."""
    return error_response(500, "The engine had an internal error.")


HANDLERS = {
    RefusalError: on_refusal,
    UnknownCursorError: on_unknown_cursor,
    HTTPException: on_http_exception,
    DeskError: on_desk_error,
    ClientDisconnect: on_disconnect,
    Exception: on_defect,
}
