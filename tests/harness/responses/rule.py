"""What a service takes, and what it says to anything else. Names and values are those of the SDK's types."""

from collections.abc import Collection, Mapping
from typing import get_args

from openai.types import container_create_params
from openai.types.containers import file_create_params
from openai.types.conversations import conversation_create_params, conversation_update_params, item_create_params
from openai.types.responses import ResponseIncludable, response_create_params

from tests.harness.responses.refusal import Json, RefusalError
from tests.harness.responses.store import Store

_INCLUDABLE = get_args(ResponseIncludable)
_KNOWN = {
    "conversation": {*conversation_create_params.ConversationCreateParams.__annotations__},
    "conversation update": {*conversation_update_params.ConversationUpdateParams.__annotations__},
    "items": {*item_create_params.ItemCreateParams.__annotations__} - {"include"},
    "container": {*container_create_params.ContainerCreateParams.__annotations__},
    "container file": {*file_create_params.FileCreateParams.__annotations__},
    "response": {*response_create_params.ResponseCreateParamsBase.__annotations__, "stream"},
}
_PARTS = {"user": ("input_text", "input_image", "input_file"), "assistant": ("output_text", "refusal")}
_MOST_CHARACTERS = 10_485_760


def fields(body: Json, kind: str, more: Collection[str] = ()) -> None:
    """Only known fields."""
    for name in body:
        if name not in _KNOWN[kind] and name not in more:
            raise RefusalError(400, f"Unknown parameter: '{name}'.", "unknown_parameter", name)


def needed(body: Json, name: str, where: str = "") -> object:
    """A field that must be there."""
    if name not in body:
        raise RefusalError(
            400, f"Missing required parameter: '{where}{name}'.", "missing_required_parameter", where + name
        )
    value: object = body[name]
    return value


def metadata(body: Json) -> dict[str, str]:
    """At most 16 pairs, keys of at most 64 characters, texts of at most 512."""
    pairs = body.get("metadata") or {}
    if not isinstance(pairs, dict):
        raise RefusalError(400, "Invalid type for 'metadata'.", "invalid_type", "metadata")
    if len(pairs) > 16:
        message = f"Invalid 'metadata': too many properties. Expected at most 16 properties, but got {len(pairs)}."
        raise RefusalError(400, message, "object_above_max_properties", "metadata")
    for name, value in pairs.items():
        if not isinstance(value, str):
            message = f"Invalid type for 'metadata.{name}': expected a string."
            raise RefusalError(400, message, "invalid_type", f"metadata.{name}")
        if len(name) > 64 or len(value) > 512:
            message = f"Invalid 'metadata.{name}': string too long."
            raise RefusalError(400, message, "string_above_max_length", f"metadata.{name}")
    return {**pairs}


def include(values: Collection[str]) -> frozenset[str]:
    """Only what can be included."""
    for index, value in enumerate(values):
        if value not in _INCLUDABLE:
            raise RefusalError(400, f"Invalid value: '{value}'.", "invalid_value", f"include[{index}]")
    return frozenset(values)


def page(items: list[Json], query: Mapping[str, str]) -> Json:
    """One page of a list, newest first unless asked otherwise."""
    limit = query.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise RefusalError(400, "Invalid 'limit': integer out of range.", "integer_above_max_value", "limit")
    ordered = items if query.get("order", "desc") == "asc" else items[::-1]
    ids = [item["id"] for item in ordered]
    if "after" in query:
        if query["after"] not in ids:
            raise RefusalError(400, f"Invalid 'after': no object {query['after']}.", "invalid_value", "after")
        ordered = ordered[ids.index(query["after"]) + 1 :]
    shown = ordered[: int(limit)]
    ends = (shown[0]["id"], shown[-1]["id"]) if shown else (None, None)
    more = len(ordered) > len(shown)
    return {"object": "list", "data": shown, "first_id": ends[0], "last_id": ends[1], "has_more": more}


def items(store: Store, body: Json, name: str = "items") -> list[Json]:
    """At most 20 items that a person may add, as they are stored."""
    given = body.get(name) or []
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if len(given) > 20:
        message = f"Invalid '{name}': array too long. Expected at most 20 items, but got {len(given)}."
        raise RefusalError(400, message, "array_above_max_length", name)
    return [_message(store, item, f"{name}[{index}]") for index, item in enumerate(given)]


def _message(store: Store, item: Json, where: str) -> Json:
    if item.get("type", "message") != "message":
        raise RefusalError(400, f"Invalid value: '{item['type']}'.", "invalid_value", f"{where}.type")
    role = str(needed(item, "role", f"{where}."))
    content = needed(item, "content", f"{where}.")
    kinds = _PARTS.get(role, ("input_text",))
    if isinstance(content, str):
        content = [{"type": kinds[0], "text": content}]
    if not isinstance(content, list) or not content:
        raise RefusalError(400, f"Invalid '{where}.content'.", "invalid_type", f"{where}.content")
    parts = [_part(store, part, kinds, f"{where}.content[{index}]") for index, part in enumerate(content)]
    return {"id": store.new_id("msg"), "type": "message", "status": "completed", "role": role, "content": parts}


def _part(store: Store, part: Json, kinds: tuple[str, ...], where: str) -> Json:
    kind = needed(part, "type", f"{where}.")
    if kind not in kinds:
        supported = ", ".join(repr(each) for each in kinds)
        message = f"Invalid value: '{kind}'. Supported values are: {supported}."
        raise RefusalError(400, message, "invalid_value", f"{where}.type")
    if kind in ("input_text", "output_text"):
        text = needed(part, "text", f"{where}.")
        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
            raise RefusalError(400, f"Invalid '{where}.text'.", "string_above_max_length", f"{where}.text")
        return {"annotations": [], **part} if kind == "output_text" else part
    if kind == "input_image" and "image_url" not in part:
        store.file(str(needed(part, "file_id", f"{where}.")))
        return {"detail": "auto", **part}
    if kind == "input_file":
        name = store.file(str(needed(part, "file_id", f"{where}."))).name
        if not name.endswith(".pdf"):
            message = f"Invalid input: Expected context stuffing file type to be a supported format, but got {name}."
            raise RefusalError(400, message, "unsupported_file", where)
    return part
