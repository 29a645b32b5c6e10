"""The addresses of conversations and their items."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.responses import rule
from tests.harness.responses.refusal import Json, locked, missing
from tests.harness.responses.request import read_json
from tests.harness.responses.store import Conversation
from tests.harness.responses.stored import OUTPUTS

if TYPE_CHECKING:
    from tests.harness.responses.service import ResponsesService


class ConversationRoutes:
    """Threads. There is no list of them."""

    def __init__(self, service: "ResponsesService") -> None:
        self._service = service
        self._store = service.store

    def routes(self) -> Sequence[Route]:
        return (
            Route("/conversations", self._create, methods=["POST"]),
            Route("/conversations/{conversation}", self._retrieve),
            Route("/conversations/{conversation}", self._update, methods=["POST"]),
            Route("/conversations/{conversation}", self._delete, methods=["DELETE"]),
            Route("/conversations/{conversation}/items", self._add_items, methods=["POST"]),
            Route("/conversations/{conversation}/items", self._items),
            Route("/conversations/{conversation}/items/{item}", self._item),
            Route("/conversations/{conversation}/items/{item}", self._remove_item, methods=["DELETE"]),
        )

    def _named(self, request: Request) -> Conversation:
        return self._store.conversation(request.path_params["conversation"])

    async def _create(self, request: Request) -> Response:
        body = await read_json(request)
        rule.fields(body, "conversation")
        metadata, items = rule.metadata(body), rule.items(self._store, body)
        conversation = self._store.add_conversation(metadata)
        conversation.items += items
        return self._service.answer(conversation.shown())

    async def _retrieve(self, request: Request) -> Response:
        return self._service.answer(self._named(request).shown())

    async def _update(self, request: Request) -> Response:
        """What is in `metadata` takes the place of all that was."""
        conversation = self._named(request)
        body = await read_json(request)
        rule.fields(body, "conversation update")
        rule.needed(body, "metadata")
        conversation.metadata = rule.metadata(body)
        return self._service.answer(conversation.shown())

    async def _delete(self, request: Request) -> Response:
        conversation = self._named(request)
        del self._store.conversations[conversation.id]
        return self._service.answer({"id": conversation.id, "object": "conversation.deleted", "deleted": True})

    async def _add_items(self, request: Request) -> Response:
        conversation = self._named(request)
        rule.include(request.query_params.getlist("include[]"))
        body = await read_json(request)
        rule.fields(body, "items")
        rule.needed(body, "items")
        items = rule.items(self._store, body)
        if conversation.active:
            raise locked()
        conversation.items += items
        oldest_first = {"order": "asc", "limit": "100"}
        return self._service.answer(rule.page(items, oldest_first))

    async def _items(self, request: Request) -> Response:
        included = rule.include(request.query_params.getlist("include[]"))
        page = rule.page(self._named(request).items, request.query_params)
        page["data"] = [_shown(item, included) for item in page["data"]]
        return self._service.answer(page)

    async def _item(self, request: Request) -> Response:
        included = rule.include(request.query_params.getlist("include[]"))
        return self._service.answer(_shown(self._find(request), included))

    async def _remove_item(self, request: Request) -> Response:
        conversation, item = self._named(request), self._find(request)
        conversation.items.remove(item)
        return self._service.answer(conversation.shown())

    def _find(self, request: Request) -> Json:
        item_id = request.path_params["item"]
        found = [item for item in self._named(request).items if item["id"] == item_id]
        if not found:
            raise missing("Item", item_id)
        return found[0]


def _shown(item: Json, include: frozenset[str]) -> Json:
    return {**item, "outputs": None} if "outputs" in item and OUTPUTS not in include else item
