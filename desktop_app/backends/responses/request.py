"""What a run is asked for with, and what to leave out where a service or model does not take it.

Shape: `openai/types/responses/response_create_params.py`. A refusal begins nothing: after one, and only then, the
same is asked for again in other words.
"""

import re

from desktop_app.backends.responses.container import Place
from desktop_app.backends.responses.conversation import CLIENT_ID
from desktop_app.backends.responses.decode import OUTPUTS, SESSIONS
from desktop_app.backends.wire.shape import Json
from desktop_app.domain.connection import Connection
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import RunRequest

_OPTIONAL = ("background", "include", "reasoning")
_MOST_CHARACTERS = 256_000


class Requests:
    """Makes the bodies of requests; remembers what was refused."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._refused: set[tuple[str, str]] = set()  # models and names

    @property
    def uses_agent(self) -> bool:
        """Whether an agent that is defined at the service answers: its model, instructions and tools are its own."""
        return bool(self._connection.agent)

    def run(self, request: RunRequest, place: Place | None) -> Json:
        """The body for a run; `place` is where its code runs, if it may run any."""
        body: Json = {
            "conversation": request.thread_id,
            "input": [],  # the question is in the conversation, but this has to be there
            "stream": True,
            "store": True,
            "background": True,
            "include": [OUTPUTS],
            "metadata": {CLIENT_ID: request.client_id},
        }
        if self.uses_agent:
            body["agent_reference"] = self._agent()
        else:
            body["model"] = request.model
            body["reasoning"] = {"summary": "auto"}
            instructions = _instructions(request.assistant.instructions, place)
            if instructions:
                body["instructions"] = instructions
        if place is not None:
            body["tools"] = [{"type": "code_interpreter", "container": place.container}]
            body["metadata"][SESSIONS] = str(int(place.is_new))
        return {name: value for name, value in body.items() if (request.model, name) not in self._refused}

    def trial(self, model: str) -> Json:
        """The body for the smallest run that there is."""
        asked = {"agent_reference": self._agent()} if self.uses_agent else {"model": model, "max_output_tokens": 16}
        return {**asked, "input": "Say OK.", "store": False}

    def without_refused(self, body: Json, error: DeskError) -> Json | None:
        """The body without what was refused; None if it was refused for another reason."""
        name = _refused(error)
        if name not in body:
            return None
        self._refused.add((str(body.get("model", "")), name))
        return {other: value for other, value in body.items() if other != name}

    def _agent(self) -> Json:
        return {"type": "agent_reference", "name": self._connection.agent}


def _instructions(own: str, place: Place | None) -> str:
    paths = place.paths if place else ()
    told = "The person's files are at these paths:\n" + "\n".join(f"- {path}" for path in paths) if paths else ""
    return "\n\n".join(part for part in (own[: _MOST_CHARACTERS - len(told) - 2], told) if part)


def _refused(error: DeskError) -> str:
    """The name of an optional parameter that an error is about, or empty."""
    if error.code not in (ErrorCode.REQUEST_REFUSED, ErrorCode.TOOLS_UNSUPPORTED):
        return ""
    param = re.split(r"[.\[]", error.info.data.get("param", ""))[0]
    if param:
        return param if param in _OPTIONAL else ""
    words = error.info.data.get("message", "")
    named = (name for name in _OPTIONAL if re.search(rf"['\"`]{name}\b", words))
    return next(named, "background" if re.search(r"\bbackground mode\b", words, re.IGNORECASE) else "")
