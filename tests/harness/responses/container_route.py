"""The addresses of containers and what is in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.responses import rule
from tests.harness.responses.refusal import RefusalError, address_wrong, server_failed
from tests.harness.responses.request import read_json

if TYPE_CHECKING:
    from tests.harness.responses.service import ResponsesService

MOST_FILES = 50


class ContainerRoutes:
    """Sandboxes. Where a service lets nobody make them, their files can be had all the same."""

    def __init__(self, service: "ResponsesService") -> None:
        self._service = service
        self._store = service.store

    def routes(self) -> Sequence[Route]:
        return (
            Route("/containers", self._create, methods=["POST"]),
            Route("/containers", self._list),
            Route("/containers/{container}", self._retrieve),
            Route("/containers/{container}", self._delete, methods=["DELETE"]),
            Route("/containers/{container}/files", self._add_file, methods=["POST"]),
            Route("/containers/{container}/files", self._files),
            Route("/containers/{container}/files/{file}", self._file),
            Route("/containers/{container}/files/{file}", self._remove_file, methods=["DELETE"]),
            Route("/containers/{container}/files/{file}/content", self._content),
        )

    def _must_be_known(self, request: Request) -> None:
        if not self._service.dialect.value.has_containers:
            raise address_wrong(self._service.dialect, request.method, request.url.path)

    async def _create(self, request: Request) -> Response:
        self._must_be_known(request)
        body = await read_json(request)
        rule.fields(body, "container")
        name = str(rule.needed(body, "name"))
        files = [self._store.file(file_id) for file_id in body.get("file_ids") or []]
        container = self._store.add_container(name)
        for file in files:
            self._store.put_into(container, file.name, file.data, "user")
        return self._service.answer(container.shown())

    async def _list(self, request: Request) -> Response:
        self._must_be_known(request)
        containers = [container.shown() for container in self._store.containers.values()]
        return self._service.answer(rule.page(containers, request.query_params))

    async def _retrieve(self, request: Request) -> Response:
        self._must_be_known(request)
        return self._service.answer(self._store.container(request.path_params["container"]).shown())

    async def _delete(self, request: Request) -> Response:
        self._must_be_known(request)
        container = self._store.container(request.path_params["container"])
        del self._store.containers[container.id]
        return self._service.answer({"id": container.id, "object": "container.deleted", "deleted": True})

    async def _add_file(self, request: Request) -> Response:
        self._must_be_known(request)
        container = self._store.running_container(request.path_params["container"])
        if len(container.files) >= MOST_FILES:
            raise RefusalError(400, f"A container holds at most {MOST_FILES} files.")
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with request.form() as form:
                upload = form.get("file")
                if not isinstance(upload, UploadFile):
                    raise RefusalError(400, "'file' is a required property")
                name, data = upload.filename or "", await upload.read()
        else:
            body = await read_json(request)
            rule.fields(body, "container file")
            file = self._store.file(str(rule.needed(body, "file_id")))
            name, data = file.name, file.data
        return self._service.answer(self._store.put_into(container, name, data, "user").shown())

    async def _files(self, request: Request) -> Response:
        container = self._store.running_container(request.path_params["container"])
        files = [file.shown() for file in container.files.values()]
        return self._service.answer(rule.page(files, request.query_params))

    async def _file(self, request: Request) -> Response:
        names = request.path_params
        return self._service.answer(self._store.container_file(names["container"], names["file"]).shown())

    async def _remove_file(self, request: Request) -> Response:
        names = request.path_params
        file = self._store.container_file(names["container"], names["file"])
        del self._store.containers[file.container_id].files[file.id]
        return self._service.answer({"id": file.id, "object": "container.file.deleted", "deleted": True})

    async def _content(self, request: Request) -> Response:
        names = request.path_params
        file = self._store.container_file(names["container"], names["file"])
        if self._service.breaks_container_files:
            raise server_failed(self._service.dialect)
        return Response(file.data)
