"""Whatever is sent, the answer is one that a client understands."""

import json
from itertools import repeat
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from desktop_app.engine.port import TextPiece
from tests.engine.running import KEY, Running, assistant, running, thread
from tests.engine.script import ScriptedInterpreter, ScriptedModel

FIELDS = (
    *("model", "name", "tools", "tool_resources", "metadata", "temperature", "response_format", "messages", "role"),
    *("content", "attachments", "file_id", "type", "text", "image_file", "code_interpreter", "file_ids", "thread"),
    *("assistant_id", "additional_messages", "stream", "max_prompt_tokens", "truncation_strategy", "tool_choice"),
)
VALUES = (
    *(None, True, 0, -1, 10**30, 1.5, 1e308, "", "x", "'; DROP TABLE thread;--", "\0", "\ud800", "a" * 300, "../.."),
    *("user", "text", "image_file", "code_interpreter", "last_messages", "auto"),
)


def nonsense(random: Random, depth: int = 0) -> Any:
    """Return a value that is rarely right."""
    kind = random.random()
    if depth > 3 or kind < 0.5:
        return random.choice(VALUES)
    if kind < 0.75:
        return [nonsense(random, depth + 1) for _ in range(random.choice((0, 1, 2, 30)))]
    return {random.choice(FIELDS): nonsense(random, depth + 1) for _ in range(random.randint(0, 4))}


@pytest.mark.parametrize("seed", range(3))
async def test_nonsense_is_refused_in_openais_shape(tmp_path: Path, seed: int) -> None:
    model = ScriptedModel(repeat([TextPiece("a")]))
    async with (
        running(tmp_path, model, ScriptedInterpreter()) as engine,
        httpx2.AsyncClient(base_url=engine.base_url, headers={"Authorization": f"Bearer {KEY}"}) as http,
    ):
        right = await right_requests(engine)
        random = Random(seed)  # noqa: S311 - the same nonsense every time
        refused = 0
        for _ in range(150):
            path = random.choice(list(right))
            wrong = {random.choice(FIELDS): nonsense(random) for _ in range(random.randint(1, 3))}
            answer = await http.post(path, content=json.dumps(right[path] | wrong))
            assert answer.status_code in (200, 400, 404), (path, wrong)
            if answer.status_code != 200:
                assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
                refused += 1
        assert refused > 50


async def right_requests(engine: Running) -> dict[str, dict[str, Any]]:
    """What could be posted where."""
    assistant_id, thread_id = await assistant(engine.client), await thread(engine.client)
    return {
        "/assistants": {"model": "m"},
        f"/assistants/{assistant_id}": {},
        "/threads": {},
        f"/threads/{thread_id}": {},
        f"/threads/{thread_id}/messages": {"role": "user", "content": "x"},
        f"/threads/{thread_id}/runs": {"assistant_id": assistant_id},
        "/threads/runs": {"assistant_id": assistant_id},
    }
