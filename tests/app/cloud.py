"""Services to connect the window to: each kind, over real HTTP, with a secret that has to stay one."""

import json
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

from desktop_app.domain.connection import ConnectionKind
from desktop_app.engine.server import Address, serve
from tests.contract.agent_service import AgentService
from tests.contract.cutter import Cutter
from tests.contract.engine_service import EngineService
from tests.contract.scenario import Code, Say, Turn
from tests.engine.running import router
from tests.engine.script import ScriptedInterpreter
from tests.harness.responses import Dialect, ResponsesServer
from tests.harness.secret import new_secret
from tests.harness.thread_loop import in_thread

MODEL = "scripted"
JOB = (
    Code("frame.plot()", logs="two rows\n", picture=True),
    Code("frame.to_csv('made.csv')", saves="made.csv", content=b"abc"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)
_DIALECTS = {
    ConnectionKind.OPENAI: Dialect.OPENAI,
    ConnectionKind.AZURE: Dialect.AZURE,
    ConnectionKind.FOUNDRY: Dialect.FOUNDRY,
}


class Scripted(Protocol):
    """What plays the models' part."""

    def will(self, *turns: Turn) -> None: ...

    def cut_stream_after(self, events: int) -> None: ...


class Cloud:
    """A service that answers.

    Attributes:
        address: What a person pastes.
        secret: A key to type, or the token that `az` gives; in either case what must be nowhere but in the keychain.
        needs_sign_in: Entra ID is the only way in.
    """

    def __init__(self, kind: ConnectionKind, address: str, secret: str, script: Scripted) -> None:
        self.kind = kind
        self.address = address
        self.secret = secret
        self.needs_sign_in = kind in (ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE)
        self._script = script

    def will(self, *turns: Turn) -> None:
        """What the next run does."""
        self._script.will(*turns)

    def cut_stream_after(self, events: int) -> None:
        """The next stream is dropped after so many events."""
        self._script.cut_stream_after(events)


@contextmanager
def cloud(kind: ConnectionKind, folder: Path) -> Iterator[Cloud]:
    """A service of this kind, while the block lasts."""
    if kind in _DIALECTS:
        with ResponsesServer(_DIALECTS[kind], models=(MODEL,)) as server:
            yield Cloud(kind, server.base_url, server.key, server.service)
    else:
        with in_thread(lambda: _assistants(kind, folder)) as service:
            yield service


@asynccontextmanager
async def _assistants(kind: ConnectionKind, folder: Path) -> AsyncIterator[Cloud]:
    """A server of the Assistants shape, for Agent Service behind its front."""
    script = EngineService()
    key = new_secret()
    address = Address("127.0.0.1", 0, key)
    async with (
        serve(folder / "service", address, router(script), ScriptedInterpreter(script.play)) as base_url,
        Cutter(base_url).running() as script.cutter,
    ):
        if kind is ConnectionKind.ASSISTANTS:
            yield Cloud(kind, script.cutter.base_url, key, script)
            return
        async with AgentService(script.cutter.base_url, key, wants_fresh_tokens=False).running() as front:
            yield Cloud(kind, front.base_url, new_secret("token-"), script)


def azure_command_line(folder: Path, token: str) -> Path:
    """A folder for PATH with an `az` in which somebody is signed in, whose token this is."""
    folder.mkdir()
    answer = {"accessToken": token, "expires_on": int(time.time()) + 3600, "tokenType": "Bearer"}
    (folder / "answer.json").write_text(json.dumps(answer))
    command = folder / "az"
    command.write_text(f"#!/bin/sh\ncat {folder}/answer.json\n")
    command.chmod(stat.S_IRWXU)
    return folder
