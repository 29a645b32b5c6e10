"""`/threads`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require, require_files, unknown
from desktop_app.engine.http.field import Fields, read_fields
from desktop_app.engine.http.parameter import message_file_ids, read_file_ids, read_message
from desktop_app.engine.runs import shape
from desktop_app.engine.storage.record import Json, Records


class ThreadEndpoint:
    """Creates, shows, changes and deletes threads. As in OpenAI's API there is no list of them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route("/threads", self.create, methods=["POST"]),
            Route("/threads/{thread_id}", self.retrieve, methods=["GET"]),
            Route("/threads/{thread_id}", self.modify, methods=["POST"]),
            Route("/threads/{thread_id}", self.delete, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """Creates a thread, with messages if there are any."""
        fields = await read_fields(request)
        return JsonAnswer(await self._context.database.run(lambda records: add_thread(records, fields)))

    async def retrieve(self, request: Request) -> Response:
        """A thread."""
        thread_id = request.path_params["thread_id"]
        return JsonAnswer(await self._context.database.run(lambda records: require(records, "thread", thread_id)))

    async def modify(self, request: Request) -> Response:
        """Changes metadata and files."""
        fields = await read_fields(request)
        thread_id = request.path_params["thread_id"]

        def work(records: Records) -> Json:
            thread = require(records, "thread", thread_id)
            if "metadata" in fields:
                thread["metadata"] = fields.metadata()
            file_ids = _read_files(records, fields)
            if file_ids is not None:
                thread["tool_resources"] = shape.tool_resources(file_ids)
            fields.end()
            records.save("thread", thread)
            return thread

        return JsonAnswer(await self._context.database.run(work))

    async def delete(self, request: Request) -> Response:
        """Deletes a thread with its messages, runs, sandbox and what was made there; a run that goes on is stopped."""
        thread_id = request.path_params["thread_id"]
        await self._context.database.run(lambda records: require(records, "thread", thread_id))
        await self._context.runner.drop(thread_id)
        unused = await self._context.database.run(lambda records: _delete(records, thread_id))
        await self._context.runner.drop(thread_id)  # what was started since; from here on nothing can be
        for sha256 in unused:
            self._context.blobs.delete(sha256)
        await self._context.interpreter.delete(thread_id)
        return JsonAnswer({"id": thread_id, "object": "thread.deleted", "deleted": True})


def _delete(records: Records, thread_id: str) -> list[str]:
    """Deletes a thread and what its runs made, and returns the blobs that are not used any more."""
    made = records.made_files(thread_id)
    if not records.delete("thread", thread_id):
        raise unknown("thread", thread_id)
    blobs = [records.delete_file(file_id) for file_id in made if records.get("file", file_id) is not None]
    return [sha256 for sha256 in blobs if sha256 is not None]


def add_thread(records: Records, fields: Fields) -> Json:
    """Creates the thread that the fields describe.

    Raises:
        RefusalError: 400 or 404.
    """
    thread = shape.thread(fields.metadata(), _read_files(records, fields) or [])
    messages = [read_message(message, thread["id"]) for message in fields.items("messages") or []]
    fields.end()
    records.save("thread", thread)
    add_messages(records, messages)
    return thread


def add_messages(records: Records, messages: list[Json]) -> None:
    """Adds messages whose files exist.

    Raises:
        RefusalError: 404, for a file that does not.
    """
    for message in messages:
        require_files(records, message_file_ids(message), "attachments")
    records.save("message", *messages)


def _read_files(records: Records, fields: Fields) -> list[str] | None:
    file_ids = read_file_ids(fields)
    require_files(records, file_ids or [], "tool_resources.code_interpreter.file_ids")
    return file_ids
