"""`/threads/{thread_id}/messages`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require
from desktop_app.engine.http.field import read_fields
from desktop_app.engine.http.listing import list_response
from desktop_app.engine.http.parameter import read_message
from desktop_app.engine.http.thread import add_messages
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.record import Column, Json, Records

_LIST = "/threads/{thread_id}/messages"
_ONE = "/threads/{thread_id}/messages/{message_id}"


class MessageEndpoint:
    """Creates, lists, shows, changes and deletes the messages of a thread."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route(_LIST, self.create, methods=["POST"]),
            Route(_LIST, self.list, methods=["GET"]),
            Route(_ONE, self.retrieve, methods=["GET"]),
            Route(_ONE, self.modify, methods=["POST"]),
            Route(_ONE, self.delete, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """Adds a message, unless a run is going on."""
        thread_id = request.path_params["thread_id"]
        message = read_message(await read_fields(request), thread_id)

        def work(records: Records) -> None:
            require(records, "thread", thread_id)
            if run := records.active_run(thread_id):
                raise RefusalError(400, f"Can't add messages to {thread_id} while a run {run['id']} is active.")
            add_messages(records, [message])

        await self._context.database.run(work)
        return JsonAnswer(message)

    async def list(self, request: Request) -> Response:
        """A page of messages; `run_id` asks for those of one run."""
        thread_id = request.path_params["thread_id"]
        await self._context.database.run(lambda records: require(records, "thread", thread_id))
        where: dict[Column, str] = {"thread_id": thread_id}
        if run_id := request.query_params.get("run_id"):
            where["run_id"] = run_id
        return await list_response(request, self._context.database, "message", where)

    async def retrieve(self, request: Request) -> Response:
        """A message."""
        return JsonAnswer(await self._context.database.run(lambda records: _require(records, request)))

    async def modify(self, request: Request) -> Response:
        """Changes the metadata."""
        fields = await read_fields(request)
        metadata = fields.metadata()
        fields.end()

        def work(records: Records) -> Json:
            message = _require(records, request) | {"metadata": metadata}
            _refuse_unfinished(message)
            records.save("message", message)
            return message

        return JsonAnswer(await self._context.database.run(work))

    async def delete(self, request: Request) -> Response:
        """Deletes a message."""

        def work(records: Records) -> Json:
            message = _require(records, request)
            _refuse_unfinished(message)
            records.delete("message", message["id"])
            return message

        message = await self._context.database.run(work)
        return JsonAnswer({"id": message["id"], "object": "thread.message.deleted", "deleted": True})


def _require(records: Records, request: Request) -> Json:
    thread_id, message_id = request.path_params["thread_id"], request.path_params["message_id"]
    require(records, "thread", thread_id)
    return require(records, "message", message_id, thread_id=thread_id)


def _refuse_unfinished(message: Json) -> None:
    if message["status"] == "in_progress":
        raise RefusalError(400, f"Can't change {message['id']} while a run {message['run_id']} is writing it.")
