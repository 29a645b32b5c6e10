"""One engine process and the pipe to it: a JSON object a line, each way."""

import asyncio
import contextlib
import io
import itertools
import json
import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktop_app.domain.error import DeskError, ErrorCode

_log = logging.getLogger(__name__)


class EnginePipe:
    """A running child. Requests are answered in any order; its death answers all that are open.

    Reads in threads of its own, since not every event loop of Qt can wait for the pipes of a process.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], on_end: Callable[[], object]) -> None:
        """Starts the process.

        Raises:
            DeskError: ENGINE_UNAVAILABLE.
        """
        self._loop = asyncio.get_running_loop()
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._greeting: asyncio.Future[Any] = self._loop.create_future()
        self._ended = asyncio.Event()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this program itself
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                bufsize=0,
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE, str(error)) from error
        for target, stream in ((self._read_answers, self._process.stdout), (self._read_log, self._process.stderr)):
            threading.Thread(target=target, args=(stream,), name="engine-pipe", daemon=True).start()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone, or going."""
        return self._ended.is_set()

    async def greet(self, greeting: Mapping[str, object], seconds: float) -> str:
        """Says the first line and returns the engine's base URL.

        Raises:
            DeskError: Why it did not start; ENGINE_UNAVAILABLE if it did not say.
        """
        self._write(greeting)
        answer = await self._within(self._greeting, seconds)
        if "base_url" not in answer:
            raise _error(answer)
        base_url: str = answer["base_url"]
        return base_url

    async def request(self, name: str, value: object, seconds: float) -> Any:  # noqa: ANN401 - JSON
        """Asks something and returns the result.

        Raises:
            DeskError: What the engine says, or ENGINE_UNAVAILABLE if it says nothing any more.
        """
        if self.has_ended:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE)
        number = next(self._numbers)
        self._open[number] = self._loop.create_future()
        try:
            self._write({"id": number, name: value})
            answer = await self._within(self._open[number], seconds)
        finally:
            del self._open[number]
        if "error" in answer:
            raise _error(answer)
        return answer["result"]

    async def aclose(self, seconds: float) -> None:
        """Ends the process: by the end of its input, or after `seconds` by force."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            _log.warning("The engine did not stop in time and is killed")
            await self.kill()

    async def kill(self) -> None:
        """Ends the process at once. Whatever it was doing goes on at its next start."""
        self._process.kill()
        await self._ended.wait()

    async def _within(self, future: asyncio.Future[Any], seconds: float) -> Any:  # noqa: ANN401 - JSON
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError as error:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE, f"no answer within {seconds:.0f} s") from error

    def _write(self, line: Mapping[str, object]) -> None:
        if self._process.stdin is None:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE)
        try:
            data = json.dumps(line).encode() + b"\n"
            while data:
                data = data[self._process.stdin.write(data) :]
        except (OSError, ValueError) as error:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE, "the engine has closed its pipe") from error

    # --- in the threads ---------------------------------------------------------------------------------

    def _read_answers(self, stream: io.FileIO) -> None:
        with io.BufferedReader(stream) as lines:
            for line in lines:
                self._call(self._on_line, line)
        self._process.wait()
        self._call(self._on_exit)

    def _read_log(self, stream: io.FileIO) -> None:
        with io.BufferedReader(stream) as lines:
            for line in lines:
                # What it has to say is a matter for whoever looks into the log, not for a person.
                _log.info("engine: %s", line.decode(errors="replace").rstrip())

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        # A loop that is closed has nobody left who would want to know.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)

    # --- in the loop --------------------------------------------------------------------------------------

    def _on_line(self, line: bytes) -> None:
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            _log.warning("The engine sent a line that is no JSON object")
            return
        future = self._open.get(answer["id"]) if "id" in answer else self._greeting
        if future is not None and not future.done():
            future.set_result(answer)

    def _on_exit(self) -> None:
        self._ended.set()
        gone = {"error": {"code": ErrorCode.ENGINE_UNAVAILABLE, "detail": f"exit code {self._process.returncode}"}}
        for future in (self._greeting, *self._open.values()):
            if not future.done():
                future.set_result(gone)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._on_end()


def _error(answer: Mapping[str, Any]) -> DeskError:
    info = answer.get("error") or {}
    try:
        code = ErrorCode(info.get("code", ErrorCode.ENGINE_UNAVAILABLE))
    except ValueError:
        code = ErrorCode.UNEXPECTED
    return DeskError(code, info.get("detail", ""), **info.get("data", {}))


_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows: no console of its own."""
