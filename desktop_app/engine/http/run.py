"""`/threads/{thread_id}/runs`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require, require_files, require_run
from desktop_app.engine.http.field import Fields, read_fields
from desktop_app.engine.http.listing import list_response
from desktop_app.engine.http.parameter import (
    MAX_TEXT,
    read_file_ids,
    read_message,
    read_response_format,
    read_tools,
)
from desktop_app.engine.http.stream import stream_response
from desktop_app.engine.http.thread import add_messages, add_thread
from desktop_app.engine.runs import shape
from desktop_app.engine.runs.channel import Event
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.record import Json, Records, encode

_LIST = "/threads/{thread_id}/runs"
_ONE = "/threads/{thread_id}/runs/{run_id}"


class _Created(NamedTuple):
    run: Json
    new_thread: Json | None


class RunEndpoint:
    """Starts, lists, shows and cancels runs; with or without a stream of their events."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route("/threads/runs", self.create_with_thread, methods=["POST"]),
            Route(_LIST, self.create, methods=["POST"]),
            Route(_LIST, self.list, methods=["GET"]),
            Route(_ONE, self.retrieve, methods=["GET"]),
            Route(_ONE, self.modify, methods=["POST"]),
            Route(f"{_ONE}/cancel", self.cancel, methods=["POST"]),
            Route(f"{_ONE}/submit_tool_outputs", self.submit_tool_outputs, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """Starts a run on a thread."""
        fields = await read_fields(request)
        thread_id = request.path_params["thread_id"]

        def work(records: Records) -> _Created:
            thread = require(records, "thread", thread_id)
            additional = [read_message(message, thread_id) for message in fields.items("additional_messages") or []]
            if active := records.active_run(thread_id):
                raise RefusalError(400, f"Thread {thread_id} already has an active run {active['id']}.")
            add_messages(records, additional)
            return _Created(self._add_run(records, fields, thread), None)

        return await self._start(fields, work)

    async def create_with_thread(self, request: Request) -> Response:
        """Creates a thread and starts a run on it."""
        fields = await read_fields(request)

        def work(records: Records) -> _Created:
            thread = add_thread(records, fields.nested("thread") or Fields({}, "thread"))
            overridden = read_file_ids(fields)
            if overridden is not None:
                require_files(records, overridden, "tool_resources.code_interpreter.file_ids")
                thread["tool_resources"] = shape.tool_resources(overridden)
                records.save("thread", thread)
            return _Created(self._add_run(records, fields, thread), thread)

        return await self._start(fields, work)

    async def _start(self, fields: Fields, work: Callable[[Records], _Created]) -> Response:
        streamed = fields.flag("stream")
        created = await self._context.database.run(work)
        runner, run = self._context.runner, created.run
        if not streamed:
            response = JsonAnswer(run)
            runner.start(run)
            return response
        before = [] if created.new_thread is None else [Event("thread.created", encode(created.new_thread))]
        subscription = runner.subscribe(run["id"])
        runner.start(run)
        return stream_response(subscription, before, lambda: runner.unsubscribe(run["id"], subscription))

    def _add_run(self, records: Records, fields: Fields, thread: Json) -> Json:
        assistant = require(records, "assistant", fields.required_text("assistant_id"))
        overrides = _read_overrides(fields)
        fields.end()
        more = overrides.pop("additional_instructions", None)
        run = shape.run(thread["id"], assistant, overrides)
        if more:
            run["instructions"] = "\n\n".join(part for part in (run["instructions"], more) if part)
        self._context.router.check(run["model"])
        records.add_run(run, [*shape.file_ids_of(assistant), *shape.file_ids_of(thread)])
        return run

    async def list(self, request: Request) -> Response:
        """A page of the thread's runs."""
        thread_id = request.path_params["thread_id"]
        await self._context.database.run(lambda records: require(records, "thread", thread_id))
        return await list_response(request, self._context.database, "run", {"thread_id": thread_id})

    async def retrieve(self, request: Request) -> Response:
        """A run."""
        return JsonAnswer(await self._require(request))

    async def modify(self, request: Request) -> Response:
        """Changes the metadata."""
        fields = await read_fields(request)
        metadata = fields.metadata()
        fields.end()
        run = await self._require(request)
        active = await self._context.runner.set_metadata(run["id"], metadata)
        if active is not None:
            return JsonAnswer(active)

        def work(records: Records) -> Json:
            # Read anew: it may have ended, or been deleted, since it was found.
            ended = require_run(records, request) | {"metadata": metadata}
            records.save("run", ended)
            return ended

        return JsonAnswer(await self._context.database.run(work))

    async def cancel(self, request: Request) -> Response:
        """Asks the run to stop. 400 if it has ended, or has been asked already."""
        run = await self._require(request)
        return JsonAnswer(await self._context.runner.cancel(run["id"]))

    async def submit_tool_outputs(self, request: Request) -> Response:
        """Refuses: no run here ever asks for function outputs."""
        run = await self._require(request)
        message = f"Runs in status '{run['status']}' do not accept tool outputs: this server offers no function tools."
        raise RefusalError(400, message)

    async def _require(self, request: Request) -> Json:
        return await self._context.database.run(lambda records: require_run(records, request))


def _read_overrides(fields: Fields) -> dict[str, Any]:
    """What the request sets for this run alone."""
    fields.skip("stream", "include", "reasoning_effort")
    read = {
        "model": fields.text("model"),
        "instructions": fields.text("instructions", longest=MAX_TEXT),
        "additional_instructions": fields.text("additional_instructions", longest=MAX_TEXT),
        "tools": read_tools(fields),
        "temperature": fields.number("temperature", 0, 2),
        "top_p": fields.number("top_p", 0, 1),
        "response_format": read_response_format(fields),
        "metadata": fields.metadata(),
        "max_prompt_tokens": fields.integer("max_prompt_tokens", 256),
        "max_completion_tokens": fields.integer("max_completion_tokens", 1),
        "truncation_strategy": _read_truncation(fields),
        "tool_choice": _read_tool_choice(fields),
        "parallel_tool_calls": fields.flag("parallel_tool_calls"),
    }
    return {name: value for name, value in read.items() if value is not None}


def _read_truncation(fields: Fields) -> Json | None:
    strategy = fields.nested("truncation_strategy")
    if strategy is None:
        return None
    kind = strategy.choice("type", ("auto", "last_messages"), required=True)
    last = strategy.integer("last_messages", 1)
    strategy.end()
    if kind == "last_messages" and last is None:
        strategy.value("last_messages", required=True)
    return {"type": kind, "last_messages": last if kind == "last_messages" else None}


def _read_tool_choice(fields: Fields) -> str | Json | None:
    value = fields.value("tool_choice")
    if value is None or isinstance(value, str):
        return fields.choice("tool_choice", ("none", "auto", "required"))
    choice = fields.nested("tool_choice") or Fields({})
    kind = choice.choice("type", ("code_interpreter",), required=True)
    choice.end()
    return {"type": kind}
