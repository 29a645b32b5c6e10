"""`/files`."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require
from desktop_app.engine.http.listing import list_response
from desktop_app.engine.http.upload import Upload, read_upload
from desktop_app.engine.runs import shape
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.record import Records

_PURPOSES = ("assistants", "vision", "user_data")
_MAX_PAGE = 10_000


class FileEndpoint:
    """Takes, lists, shows and deletes files."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route("/files", self.create, methods=["POST"]),
            Route("/files", self.list, methods=["GET"]),
            Route("/files/{file_id}", self.retrieve, methods=["GET"]),
            Route("/files/{file_id}", self.delete, methods=["DELETE"]),
            Route("/files/{file_id}/content", self.content, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Takes an upload of a `file` with a `purpose`."""
        async with self._context.blobs.begin() as writer:
            upload = await read_upload(request, writer)
            body = shape.file(upload.name, upload.size, _check(upload))
            await self._context.database.run(lambda records: records.add_file(body, upload.sha256))
        return JsonAnswer(body)

    async def list(self, request: Request) -> Response:
        """A page of files; `purpose` asks for those of one purpose."""
        purpose = request.query_params.get("purpose")
        database = self._context.database
        if purpose is None:
            return await list_response(request, database, "file", {}, most=_MAX_PAGE)
        return await list_response(request, database, "file", {"purpose": purpose}, most=_MAX_PAGE)

    async def retrieve(self, request: Request) -> Response:
        """A file, without its bytes."""
        file_id = request.path_params["file_id"]
        return JsonAnswer(await self._context.database.run(lambda records: require(records, "file", file_id)))

    async def content(self, request: Request) -> Response:
        """The bytes of a file. Whatever is in them, no browser is to run it."""
        file_id = request.path_params["file_id"]
        body, sha256 = await self._context.database.run(
            lambda records: (require(records, "file", file_id), records.blob_of(file_id) or "")
        )
        headers = {
            "content-disposition": f"attachment; filename*=utf-8''{quote(body['filename'], safe='')}",
            "x-content-type-options": "nosniff",
        }
        return FileResponse(self._context.blobs.path(sha256), media_type="application/octet-stream", headers=headers)

    async def delete(self, request: Request) -> Response:
        """Deletes a file, and its bytes if no other file has them."""
        file_id = request.path_params["file_id"]

        def work(records: Records) -> str | None:
            require(records, "file", file_id)
            return records.delete_file(file_id)

        unused = await self._context.database.run(work)
        if unused is not None:
            self._context.blobs.delete(unused)
        return JsonAnswer({"id": file_id, "object": "file", "deleted": True})


def _check(upload: Upload) -> str:
    """The purpose of an upload that has everything it needs.

    Raises:
        RefusalError: 400.
    """
    purpose = upload.fields.pop("purpose", "")
    for name, value in (("file", upload.name), ("purpose", purpose)):
        if not value:
            message = f"Missing required parameter: '{name}'."
            raise RefusalError(400, message, param=name, code="missing_required_parameter")
    if purpose not in _PURPOSES:
        listed = ", ".join(f"'{choice}'" for choice in _PURPOSES)
        message = f"Invalid value: '{purpose[:64]}'. Supported values are: {listed}."
        raise RefusalError(400, message, param="purpose", code="invalid_value")
    for name in upload.fields:
        raise RefusalError(400, f"Unknown parameter: '{name[:64]}'.", param=name[:64], code="unknown_parameter")
    if not upload.size:
        raise RefusalError(400, f"File is empty: '{upload.name}'.", param="file", code="empty_file")
    return purpose
