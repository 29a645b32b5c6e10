"""The API's objects as they begin.

Source: the response models of the `openai` package, `types/beta` and `types/file_object.py`.
"""

import secrets
import string
import time
from collections.abc import Iterable, Mapping
from typing import Any

from desktop_app.engine.storage.record import Json

CODE_INTERPRETER: Json = {"type": "code_interpreter"}
FINAL = frozenset({"completed", "failed", "cancelled", "incomplete", "expired"})
RUN_SECONDS = 3600
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """An id nobody can guess, in OpenAI's look: `run_` and 24 letters and digits."""
    return f"{prefix}{''.join(secrets.choice(_ALPHABET) for _ in range(24))}"


def now() -> int:
    """Seconds since the epoch."""
    return int(time.time())


def thread(metadata: Mapping[str, str], file_ids: Iterable[str]) -> Json:
    """A thread without messages."""
    return {
        "id": new_id("thread_"),
        "object": "thread",
        "created_at": now(),
        "metadata": dict(metadata),
        "tool_resources": tool_resources(file_ids),
    }


def tool_resources(file_ids: Iterable[str]) -> Json:
    """The files of an assistant or thread."""
    return {"code_interpreter": {"file_ids": list(file_ids)}}


def file_ids_of(owner: Json) -> list[str]:
    """The files of an assistant or thread, from its `tool_resources`."""
    return list(owner["tool_resources"]["code_interpreter"]["file_ids"])


def message(
    thread_id: str, role: str, content: list[Json], attachments: list[Json], metadata: Mapping[str, str]
) -> Json:
    """A message that a client adds."""
    return {
        "id": new_id("msg_"),
        "object": "thread.message",
        "created_at": now(),
        "thread_id": thread_id,
        "assistant_id": None,
        "run_id": None,
        "role": role,
        "content": content,
        "attachments": attachments,
        "metadata": dict(metadata),
        "status": "completed",
        "completed_at": now(),
        "incomplete_at": None,
        "incomplete_details": None,
    }


def answer(run: Json) -> Json:
    """A message that a run begins to write."""
    begun = message(run["thread_id"], "assistant", [], [], {})
    return begun | {
        "assistant_id": run["assistant_id"],
        "run_id": run["id"],
        "status": "in_progress",
        "completed_at": None,
    }


def text_content(text: str, annotations: Iterable[Json] = ()) -> Json:
    """A text part of a message."""
    return {"type": "text", "text": {"value": text, "annotations": list(annotations)}}


def file_attachment(file_id: str) -> Json:
    """A file that comes with a message."""
    return {"file_id": file_id, "tools": [CODE_INTERPRETER]}


def run(thread_id: str, assistant: Json, overrides: Mapping[str, Any]) -> Json:
    """A queued run: the assistant's settings, with `overrides` in their place."""
    created = now()
    settings: Json = {
        "model": assistant["model"],
        "instructions": assistant["instructions"] or "",
        "tools": assistant["tools"],
        "temperature": assistant["temperature"],
        "top_p": assistant["top_p"],
        "response_format": assistant["response_format"],
        "metadata": {},
        "max_prompt_tokens": None,
        "max_completion_tokens": None,
        "truncation_strategy": {"type": "auto", "last_messages": None},
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }
    state: Json = {
        "id": new_id("run_"),
        "object": "thread.run",
        "created_at": created,
        "thread_id": thread_id,
        "assistant_id": assistant["id"],
        "status": "queued",
        "started_at": None,
        "expires_at": created + RUN_SECONDS,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": None,
        "required_action": None,
        "last_error": None,
        "incomplete_details": None,
        "usage": None,
    }
    return state | settings | dict(overrides)


def step(run: Json, details: Json) -> Json:
    """A step that begins."""
    return {
        "id": new_id("step_"),
        "object": "thread.run.step",
        "created_at": now(),
        "thread_id": run["thread_id"],
        "run_id": run["id"],
        "assistant_id": run["assistant_id"],
        "type": details["type"],
        "status": "in_progress",
        "step_details": details,
        "metadata": {},
        "cancelled_at": None,
        "completed_at": None,
        "expired_at": None,
        "failed_at": None,
        "last_error": None,
        "usage": None,
    }


def message_creation(message_id: str) -> Json:
    """The details of a step that writes a message."""
    return {"type": "message_creation", "message_creation": {"message_id": message_id}}


def code_call(call_id: str, code: str, outputs: Iterable[Json]) -> Json:
    """The details of a step that runs code."""
    call = {"id": call_id, "type": "code_interpreter", "code_interpreter": {"input": code, "outputs": list(outputs)}}
    return {"type": "tool_calls", "tool_calls": [call]}


def file(name: str, size: int, purpose: str) -> Json:
    """A file whose bytes are there."""
    return {
        "id": new_id("file-"),
        "object": "file",
        "bytes": size,
        "created_at": now(),
        "expires_at": None,
        "filename": name,
        "purpose": purpose,
        "status": "processed",
        "status_details": None,
    }


def usage(prompt_tokens: int, completion_tokens: int) -> Json:
    """What something cost."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
