"""Parameters that several endpoints share."""

from desktop_app.engine.http.field import Fields
from desktop_app.engine.runs import shape
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.record import Json

MAX_FILES = 20
MAX_TEXT = 256_000
_MAX_TOOLS = 128
_ROLES = ("user", "assistant")


def read_tools(fields: Fields) -> list[Json] | None:
    """The `tools`: the code interpreter or nothing.

    Raises:
        RefusalError: 400, for tools that this engine does not offer.
    """
    tools = fields.items("tools", most=_MAX_TOOLS)
    if tools is None:
        return None
    for tool in tools:
        kind = tool.choice("type", ("code_interpreter", "file_search", "function"), required=True)
        if kind != "code_interpreter":
            message = f"Tools of type '{kind}' are not offered by this server; 'code_interpreter' is."
            raise RefusalError(400, message, param=tool.param("type"), code="unsupported_value")
        tool.end()
    return [shape.CODE_INTERPRETER] if tools else []


def read_file_ids(fields: Fields) -> list[str] | None:
    """The files in `tool_resources`; None if there is no such field.

    Raises:
        RefusalError: 400, for vector stores, or for more than 20 files.
    """
    resources = fields.nested("tool_resources")
    if resources is None:
        return None
    search = resources.nested("file_search")
    if search is not None and (search.value("vector_store_ids") or search.value("vector_stores")):
        message = "Vector stores are not offered by this server."
        raise RefusalError(400, message, param=resources.param("file_search"), code="unsupported_value")
    interpreter = resources.nested("code_interpreter")
    resources.end()
    if interpreter is None:
        return []
    file_ids = interpreter.texts("file_ids", most=MAX_FILES) or []
    interpreter.end()
    return list(dict.fromkeys(file_ids))


def read_response_format(fields: Fields) -> str | Json | None:
    """The `response_format`: text.

    Raises:
        RefusalError: 400, for the JSON formats, which not every model here can keep to.
    """
    value = fields.value("response_format")
    if value is None or value == "auto":
        return None if value is None else "auto"
    if value == {"type": "text"}:
        return {"type": "text"}
    message = "Only the response formats 'auto' and {'type': 'text'} are offered by this server."
    raise RefusalError(400, message, param="response_format", code="unsupported_value")


def read_message(fields: Fields, thread_id: str) -> Json:
    """A message that a client adds to a thread.

    Raises:
        RefusalError: 400.
    """
    role = fields.choice("role", _ROLES, required=True) or ""
    content = _read_content(fields)
    attachments = _read_attachments(fields)
    metadata = fields.metadata()
    fields.end()
    return shape.message(thread_id, role, content, attachments, metadata)


def message_file_ids(message: Json) -> list[str]:
    """Every file that a client's message names."""
    images = [part["image_file"]["file_id"] for part in message["content"] if part["type"] == "image_file"]
    return [*images, *(attachment["file_id"] for attachment in message["attachments"])]


def _read_content(fields: Fields) -> list[Json]:
    if not isinstance(fields.value("content", required=True), list):
        parts = [shape.text_content(fields.required_text("content", longest=MAX_TEXT))]
    else:
        parts = [_read_part(part) for part in fields.items("content") or []]
    param = fields.param("content")
    texts = [part["text"]["value"] for part in parts if part["type"] == "text"]
    length = sum(map(len, texts))
    if length > MAX_TEXT:
        message = f"Invalid '{param}': text too long. Expected at most {MAX_TEXT} characters, but got {length} instead."
        raise RefusalError(400, message, param=param, code="string_above_max_length")
    if not parts or (len(texts) == len(parts) and not "".join(texts)):
        raise RefusalError(400, f"Invalid '{param}': message content must be non-empty.", param=param)
    return parts


def _read_part(fields: Fields) -> Json:
    match fields.choice("type", ("text", "image_file", "image_url"), required=True):
        case "text":
            part = shape.text_content(fields.required_text("text"))
        case "image_file":
            image = fields.nested("image_file") or Fields({}, fields.param("image_file"))
            detail = image.choice("detail", ("auto", "low", "high")) or "auto"
            part = {"type": "image_file", "image_file": {"file_id": image.required_text("file_id"), "detail": detail}}
            image.end()
        case _:
            message = "Images by address are not offered by this server: upload the image and use 'image_file'."
            raise RefusalError(400, message, param=fields.param("type"), code="unsupported_value")
    fields.end()
    return part


def _read_attachments(fields: Fields) -> list[Json]:
    return [_read_attachment(attachment) for attachment in fields.items("attachments", most=MAX_FILES) or []]


def _read_attachment(fields: Fields) -> Json:
    file_id = fields.required_text("file_id")
    for tool in fields.items("tools") or []:
        if tool.choice("type", ("code_interpreter", "file_search"), required=True) == "file_search":
            message = "Tools of type 'file_search' are not offered by this server; 'code_interpreter' is."
            raise RefusalError(400, message, param=tool.param("type"), code="unsupported_value")
    fields.end()
    return shape.file_attachment(file_id)
