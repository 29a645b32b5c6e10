"""The engine as a process: started from the command line or by the window, stopped by a signal or the end of a pipe."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.control import Control, read_lines
from desktop_app.engine.interpreter.factory import make_interpreter
from desktop_app.engine.models.analyst import Analyst
from desktop_app.engine.models.chat import ChatModel, check_endpoint, list_models
from desktop_app.engine.runs.router import Endpoint, ModelRouter
from desktop_app.engine.server import Address, StartError, serve

__all__ = ["Endpoint", "Options", "run", "run_controlled"]

_MODEL_LIST_SECONDS = 3.0
_LAST_SECONDS = 3.0
"""How long an engine that is told to stop may take."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    Attributes:
        folder: Where the engine keeps everything.
        workspaces: Where the sandboxes' files are.
        api_key: What clients have to send.
        shows_key: Whether the key is printed, since it was made up and nobody else knows it.
        endpoint: The model endpoint to begin with.
        on_secret: Is told every key, so that it can be kept out of logs.
    """

    folder: Path
    workspaces: Path
    host: str = "127.0.0.1"
    port: int = 0
    api_key: str = field(default="", repr=False)
    shows_key: bool = False
    endpoint: Endpoint | None = None
    on_secret: Callable[[str], object] = lambda _: None


def run(options: Options) -> int:
    """Serves until SIGINT or SIGTERM, and returns the exit code. Prints one JSON line once it answers.

    Raises:
        StartError: It cannot start.
    """
    ready = {"api_key": options.api_key} if options.shows_key else {}
    return asyncio.run(_run(options, ready))


async def _run(options: Options, ready: dict[str, str]) -> int:
    stop = _stop_on_signal()
    router = _router()
    router.use_endpoint(options.endpoint)
    interpreter = make_interpreter(options.workspaces)
    try:
        address = Address(options.host, options.port, options.api_key)
        async with serve(options.folder, address, router, interpreter) as base_url:
            _print_line(sys.stdout.fileno(), {"base_url": base_url, **ready})
            await stop.wait()
            _end_anyway()
    except DeskError as error:
        raise StartError(f"The engine cannot start: {error.info.detail or error.code}.") from error
    return 0


def run_controlled(options: Options) -> int:
    """Serves the window at the other end of standard input and output (see `control`), and returns the exit code.

    Ends at once when the pipe does: the engine never outlives its window.
    """
    # Whatever else prints must not get between the answers.
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return asyncio.run(_run_controlled(options, lambda line: _print_line(output, line)))


async def _run_controlled(options: Options, answer: Callable[[dict[str, Any]], object]) -> int:
    lines = read_lines(sys.stdin.fileno())
    try:
        greeting = json.loads(await anext(lines))
        api_key, endpoint = greeting["api_key"], greeting.get("endpoint")
    except (StopAsyncIteration, ValueError, TypeError, KeyError):
        answer({"error": asdict(ErrorInfo(ErrorCode.REQUEST_REFUSED, {"message": "The first line must hold a key."}))})
        return 1
    options.on_secret(api_key)
    router = _router()
    interpreter = make_interpreter(options.workspaces)
    control = Control(router, interpreter, check_endpoint, options.on_secret)
    control.use_endpoint(endpoint)
    stop = _stop_on_signal()
    try:
        async with serve(options.folder, Address(options.host, options.port, api_key), router, interpreter) as base_url:
            answer({"base_url": base_url})
            await _first_of(control.serve(lines, answer), stop)
            _end_anyway()
    except DeskError as error:
        answer({"error": asdict(error.info)})
        return 1
    except StartError as error:
        answer({"error": asdict(ErrorInfo(ErrorCode.ENGINE_UNAVAILABLE, {"message": str(error)}))})
        return 1
    return 0


async def _first_of(requests: Coroutine[None, None, None], stop: asyncio.Event) -> None:
    tasks = (asyncio.create_task(requests), asyncio.create_task(stop.wait()))
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def _end_anyway() -> None:
    """Sees to it that the process ends, however long something takes to stop. Everything is written already."""
    timer = threading.Timer(_LAST_SECONDS, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _router() -> ModelRouter:
    return ModelRouter(Analyst(), ChatModel, _list_models)


async def _list_models(base_url: str, key: str) -> tuple[str, ...]:
    """The endpoint's models, or an error soon: whoever asks for the list of models is not kept waiting."""
    try:
        async with asyncio.timeout(_MODEL_LIST_SECONDS):
            return await list_models(base_url, key)
    except TimeoutError as error:
        raise DeskError(ErrorCode.TIMED_OUT) from error


def _stop_on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not the loop's own signal handlers: Windows has none.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _print_line(descriptor: int, line: dict[str, Any]) -> None:
    data = json.dumps(line).encode() + b"\n"
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except BrokenPipeError:
        return  # nobody listens; the end of the other pipe will say so too
