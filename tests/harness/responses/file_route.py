"""The addresses of models and files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.responses import rule
from tests.harness.responses.refusal import RefusalError

if TYPE_CHECKING:
    from tests.harness.responses.service import ResponsesService

_PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")


class FileRoutes:
    """What is uploaded once, and attached wherever it is needed."""

    def __init__(self, service: "ResponsesService") -> None:
        self._service = service
        self._store = service.store

    def routes(self) -> Sequence[Route]:
        return (
            Route("/models", self._models),
            Route("/files", self._create, methods=["POST"]),
            Route("/files", self._list),
            Route("/files/{file}", self._retrieve),
            Route("/files/{file}", self._delete, methods=["DELETE"]),
            Route("/files/{file}/content", self._content),
        )

    async def _models(self, _request: Request) -> Response:
        models = [
            {"id": model, "object": "model", "created": 1, "owned_by": "system"} for model in self._service.models
        ]
        return self._service.answer({"object": "list", "data": models})

    async def _create(self, request: Request) -> Response:
        async with request.form() as form:
            upload = form.get("file")
            if form.get("purpose") not in _PURPOSES:
                raise RefusalError(
                    400, f"'{form.get('purpose')}' is not one of {_PURPOSES} - 'purpose'", param="purpose"
                )
            if not isinstance(upload, UploadFile):
                raise RefusalError(400, "'file' is a required property")
            file = self._store.add_file(upload.filename or "", await upload.read(), str(form["purpose"]))
        return self._service.answer(file.shown())

    async def _list(self, request: Request) -> Response:
        files = [file.shown() for file in self._store.files.values()]
        return self._service.answer(rule.page(files, request.query_params))

    async def _retrieve(self, request: Request) -> Response:
        return self._service.answer(self._store.file(request.path_params["file"]).shown())

    async def _delete(self, request: Request) -> Response:
        file = self._store.file(request.path_params["file"])
        del self._store.files[file.id]
        return self._service.answer({"id": file.id, "object": "file", "deleted": True})

    async def _content(self, request: Request) -> Response:
        return Response(self._store.file(request.path_params["file"]).data)
