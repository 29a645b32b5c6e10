"""`/assistants`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require, require_files, unknown
from desktop_app.engine.http.field import Fields, read_fields
from desktop_app.engine.http.listing import list_response
from desktop_app.engine.http.parameter import MAX_TEXT, read_file_ids, read_response_format, read_tools
from desktop_app.engine.runs import shape
from desktop_app.engine.storage.record import Json, Records


class AssistantEndpoint:
    """Creates, lists, shows, changes and deletes assistants."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route("/assistants", self.create, methods=["POST"]),
            Route("/assistants", self.list, methods=["GET"]),
            Route("/assistants/{assistant_id}", self.retrieve, methods=["GET"]),
            Route("/assistants/{assistant_id}", self.modify, methods=["POST"]),
            Route("/assistants/{assistant_id}", self.delete, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """Creates an assistant."""
        fields = await read_fields(request)
        fields.required_text("model")
        return JsonAnswer(await self._context.database.run(lambda records: _save(records, _new(), fields)))

    async def list(self, request: Request) -> Response:
        """A page of assistants."""
        return await list_response(request, self._context.database, "assistant", {})

    async def retrieve(self, request: Request) -> Response:
        """An assistant."""
        assistant_id = request.path_params["assistant_id"]
        return JsonAnswer(await self._context.database.run(lambda records: require(records, "assistant", assistant_id)))

    async def modify(self, request: Request) -> Response:
        """Changes the fields that are given."""
        fields = await read_fields(request)
        assistant_id = request.path_params["assistant_id"]
        return JsonAnswer(
            await self._context.database.run(
                lambda records: _save(records, require(records, "assistant", assistant_id), fields)
            )
        )

    async def delete(self, request: Request) -> Response:
        """Deletes an assistant. Its runs go on."""
        assistant_id = request.path_params["assistant_id"]
        if not await self._context.database.run(lambda records: records.delete("assistant", assistant_id)):
            raise unknown("assistant", assistant_id)
        return JsonAnswer({"id": assistant_id, "object": "assistant.deleted", "deleted": True})


def _new() -> Json:
    return {
        "id": shape.new_id("asst_"),
        "object": "assistant",
        "created_at": shape.now(),
        "name": None,
        "description": None,
        "model": "",
        "instructions": None,
        "tools": [],
        "tool_resources": shape.tool_resources([]),
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "response_format": "auto",
    }


def _save(records: Records, assistant: Json, fields: Fields) -> Json:
    for name, longest in (("name", 256), ("description", 512), ("instructions", MAX_TEXT)):
        if name in fields:
            assistant[name] = fields.text(name, longest=longest)
    read = {
        "model": fields.text("model"),
        "temperature": fields.number("temperature", 0, 2),
        "top_p": fields.number("top_p", 0, 1),
        "response_format": read_response_format(fields),
        "tools": read_tools(fields),
        "metadata": fields.metadata() if "metadata" in fields else None,
    }
    assistant.update({name: value for name, value in read.items() if value is not None})
    file_ids = read_file_ids(fields)
    if file_ids is not None:
        require_files(records, file_ids, "tool_resources.code_interpreter.file_ids")
        assistant["tool_resources"] = shape.tool_resources(file_ids)
    fields.skip("reasoning_effort")
    fields.end()
    records.save("assistant", assistant)
    return assistant
