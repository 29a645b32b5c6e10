"""The addresses of responses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.responses import rule
from tests.harness.responses.container_route import MOST_FILES
from tests.harness.responses.refusal import Json, RefusalError, locked, missing, model_missing
from tests.harness.responses.request import read_json
from tests.harness.responses.store import Container
from tests.harness.responses.stored import StoredResponse

if TYPE_CHECKING:
    from tests.harness.responses.service import ResponsesService

_TOOLS = ("code_interpreter", "file_search", "function", "image_generation", "mcp", "web_search")
_FOR_AGENTS = ("tools", "instructions", "temperature", "top_p", "reasoning")
_FEWEST_TOKENS = 16


class ResponseRoutes:
    """Runs."""

    def __init__(self, service: "ResponsesService") -> None:
        self._service = service
        self._store = service.store

    def routes(self) -> Sequence[Route]:
        return (
            Route("/responses", self._create, methods=["POST"]),
            Route("/responses/{response}", self._retrieve),
            Route("/responses/{response}", self._delete, methods=["DELETE"]),
            Route("/responses/{response}/cancel", self._cancel, methods=["POST"]),
        )

    def _named(self, request: Request) -> StoredResponse:
        response_id = request.path_params["response"]
        response = self._service.responses.get(response_id)
        if response is None:
            raise missing("Response", response_id)
        return response

    async def _create(self, request: Request) -> Response:
        body = await read_json(request)
        self._check(body)
        included = rule.include(body.get("include") or [])
        rule.metadata(body)
        response = StoredResponse(self._store.new_id("resp"), body)
        if response.conversation_id and self._store.conversation(response.conversation_id).active:
            raise locked()
        tools = body.get("tools") or []
        containers = [self._tool(response, tool, index) for index, tool in enumerate(tools)]
        if "agent_reference" in body:  # the tool is the agent's
            containers.append(self._own_container(response, []))
        said = rule.items(self._store, body, "input")
        if response.conversation_id:
            self._store.conversation(response.conversation_id).items += said
        elif not said:
            message = "One of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided."
            raise RefusalError(400, message, "missing_required_parameter")
        self._service.begin(response, next(filter(None, containers), None))
        if body.get("stream"):
            return self._service.stream(response, -1, included)
        while not response.is_background and not response.is_over:
            await response.news()
        return self._service.answer(response.shown(included))

    def _check(self, body: Json) -> None:
        service = self._service
        has_agents = service.dialect.value.resets
        rule.fields(body, "response", ["agent_reference"] if has_agents else [])
        for name in service.refuses & body.keys():
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise RefusalError(400, message, "unsupported_parameter", name)
        if "agent_reference" in body:
            self._check_agent(body)
        elif rule.needed(body, "model") not in service.models:
            raise model_missing(service.dialect, body["model"])
        if body.get("background") and body.get("store") is False:
            raise RefusalError(400, "'background' requires 'store' to be true.", "invalid_value", "background")
        if body.get("conversation") and body.get("previous_response_id"):
            raise RefusalError(
                400, "'conversation' and 'previous_response_id' exclude each other.", "mutually_exclusive"
            )
        if body.get("max_output_tokens", _FEWEST_TOKENS) < _FEWEST_TOKENS:
            message = f"Invalid 'max_output_tokens': integer below minimum value {_FEWEST_TOKENS}."
            raise RefusalError(400, message, "integer_below_min_value", "max_output_tokens")

    def _check_agent(self, body: Json) -> None:
        reference = body["agent_reference"]
        if reference.get("type") != "agent_reference" or reference.get("name") not in self._service.agents:
            message = f"Agent {reference.get('name')} does not exist."
            raise RefusalError(404, message, "not_found", is_gateway=True)
        for name in _FOR_AGENTS:
            if name in body:
                raise RefusalError(400, "Not allowed when agent is specified.", "invalid_payload", name)

    def _tool(self, response: StoredResponse, tool: Json, index: int) -> Container | None:
        kind = rule.needed(tool, "type", f"tools[{index}].")
        if kind not in _TOOLS:
            raise RefusalError(400, f"Invalid value: '{kind}'.", "invalid_value", f"tools[{index}].type")
        if kind == "file_search":
            rule.needed(tool, "vector_store_ids", f"tools[{index}].")
        if kind != "code_interpreter":
            return None
        container = rule.needed(tool, "container", f"tools[{index}].")
        if isinstance(container, str):
            return self._store.running_container(container)
        if not isinstance(container, dict) or container.get("type") != "auto":
            raise RefusalError(400, "Expected container_id.", "invalid_type", f"tools[{index}].container")
        return self._own_container(response, container.get("file_ids") or [])

    def _own_container(self, response: StoredResponse, file_ids: list[str]) -> Container:
        """The one that the conversation has, or a new one."""
        if len(file_ids) > MOST_FILES:
            raise RefusalError(400, f"A container holds at most {MOST_FILES} files.")
        files = [self._store.file(file_id) for file_id in file_ids]
        known = self._store.conversation(response.conversation_id) if response.conversation_id else None
        container = self._store.containers.get(known.container_id) if known else None
        if container is None or container.is_expired:
            container = self._store.add_container("auto")
        if known is not None:
            known.container_id = container.id
        there = [(file.name, file.data) for file in container.files.values()]
        for file in files:
            if (file.name, file.data) not in there:
                self._store.put_into(container, file.name, file.data, "user")
        return container

    async def _retrieve(self, request: Request) -> Response:
        response = self._named(request)
        query = request.query_params
        included = rule.include(query.getlist("include[]"))
        if query.get("stream") != "true":
            return self._service.answer(response.shown(included))
        if not self._service.streams_again or not response.is_background:
            message = "This response cannot be streamed because it was not created with background=true."
            raise RefusalError(400, message, param="stream")
        after = query.get("starting_after", "-1")
        if not after.lstrip("-").isdecimal():
            raise RefusalError(400, "Invalid type for 'starting_after'.", "invalid_type", "starting_after")
        return self._service.stream(response, int(after), included)

    async def _delete(self, request: Request) -> Response:
        response = self._named(request)
        del self._service.responses[response.id]
        return self._service.answer({"id": response.id, "object": "response", "deleted": True})

    async def _cancel(self, request: Request) -> Response:
        """Ends what is going on; what has been cancelled stays so, and nothing else can be."""
        response = self._named(request)
        if not response.is_background:
            raise RefusalError(400, "Cannot cancel a synchronous response.")
        if response.is_final and response.status != "cancelled":
            raise RefusalError(400, f"Cannot cancel a {response.status} response.")
        response.stopped.set()
        while not response.is_over:
            await response.news()
        return self._service.answer(response.shown())
