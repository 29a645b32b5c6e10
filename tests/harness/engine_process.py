"""The engine as a real process, to be talked to over HTTP, and to be killed."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from openai import AsyncOpenAI

KEY = "key-of-the-test"


@dataclass
class EngineProcess:
    """A process that answers.

    Attributes:
        line: What it printed when it was ready.
    """

    process: asyncio.subprocess.Process
    line: dict[str, str]

    @property
    def base_url(self) -> str:
        return self.line["base_url"]

    def client(self, key: str = KEY) -> AsyncOpenAI:
        """A client that takes no wrong shape."""
        return AsyncOpenAI(base_url=self.base_url, api_key=key, max_retries=0, _strict_response_validation=True)

    async def kill(self) -> None:
        """Ends it as `kill -9` does."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def engine_process(home: Path, *arguments: str, key: str = KEY, more: str = "") -> AsyncIterator[EngineProcess]:
    """Starts `python -m desktop_app engine` with its key (and what else it reads) on standard input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop_app", "engine", "--api-key-file", "-", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "ASSISTANT_DESK_HOME": str(home)},
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{key}\n{more}".encode())
        process.stdin.close()
        async with asyncio.timeout(60):
            yield EngineProcess(process, json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
