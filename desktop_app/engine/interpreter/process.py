"""A running sandbox: its process, its pipes, and the watchdog that ends it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.engine.interpreter import frame
from desktop_app.engine.interpreter.frame import Done, FrameError, FrameReader, Picture, Ready
from desktop_app.engine.interpreter.log import LogText
from desktop_app.engine.interpreter.meter import Meter
from desktop_app.engine.interpreter.pipe import Pipe, last_line
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Limits

_READ_BYTES = 64 * 1024
_DRAIN_BYTES = 1024**2
_BUSY_SECONDS = 0.1
_QUIET_SECONDS = 1.0
_INTERRUPT_SECONDS = 1.0
_EXIT_SECONDS = 5.0
_SURPLUS_PICTURES = 1000
_SURPLUS_ENDS = 100


@dataclass(frozen=True, slots=True)
class Died:
    """The sandbox is gone: because of a limit, by itself, or (None) because somebody asked for it."""

    cause: ErrorInfo | None


Output = str | Picture | Done | Died


class SandboxProcess:
    """Runs one command at a time; once it has ended it never comes back.

    Args:
        process: bwrap, with the commands on its standard input.
        output: Where everything printed arrives; `frames` likewise. Their ends are taken over.
        init: The host's pid of the sandbox's first process.

    Attributes:
        limit: The limit that the running or last command hit.
        last_words: The last line printed if it ended outside of a command.

    Raises:
        ProcessLookupError: The first process has ended already; nothing was taken.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        output: Pipe,
        frames: Pipe,
        init: int,
        workspace: Workspace,
        limits: Limits,
    ) -> None:
        self._init_handle = os.pidfd_open(init)
        self._process = process
        self._output = output.take()
        self._frames = frames.take()
        self._meter = Meter(init, workspace, limits)
        self._measuring = asyncio.Lock()
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader()
        self._events: asyncio.Queue[Output] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._log: LogText | None = None
        self._pictures = 0
        self._surplus_ends = 0
        self._command = 0
        self._running = False
        self._interrupting = False
        self._killed = False
        self._idle_since = self._loop.time()
        self._is_ready: asyncio.Future[bool] = self._loop.create_future()
        self.limit: ErrorInfo | None = None
        self.has_ended = False
        self.last_words = ""
        self._loop.add_reader(self._frames, self._on_frames)
        self._watch = self._loop.create_task(self._watchdog())

    @property
    def is_usable(self) -> bool:
        """Whether it can take another command."""
        return not (self.has_ended or self._killed)

    async def ready(self, seconds: float) -> bool:
        """Waits until IPython is up; False if that did not happen in time, or the sandbox died."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._is_ready), seconds)
        return False

    async def prepare(self) -> bool:
        """Makes ready for `run`, which has to follow before anything else is awaited; False if it can take no command.

        What an earlier command left behind is measured here, so that the watchdog does not hold it against the next.
        """
        async with self._measuring:
            if self.is_usable:
                await asyncio.to_thread(self._meter.begin)
        return self.is_usable

    async def run(self, kind: str, code: str, log: LogText | None) -> AsyncGenerator[Output, None]:
        """Runs a step (`run`) or a `probe`. The last item is `Done` or `Died`; closing early interrupts.

        Args:
            kind: The command's type.
            code: Python.
            log: Takes what is printed; None drops it.
        """
        self._begin(log)
        self._command += 1
        self._send({"type": kind, "code": code, "command": self._command})
        over = False
        try:
            while not over:
                event = await self._events.get()
                over = isinstance(event, (Done, Died))
                yield await self._audited(event) if isinstance(event, Done) else event
        finally:
            if not over:
                self.interrupt()
                while not isinstance(await self._events.get(), (Done, Died)):
                    pass
            self._end()

    def interrupt(self) -> None:
        """Interrupts the running command, and ends the sandbox if that does not help in time."""
        if not self._running or self._interrupting:
            return
        self._interrupting = True
        grace = self._limits.interrupt_grace_seconds
        self._send({"type": "interrupt"})
        # The first one can be lost to code that catches it, or come before the code has begun.
        self._timers.append(
            self._loop.call_later(min(_INTERRUPT_SECONDS, grace / 2), self._send, {"type": "interrupt"})
        )
        self._timers.append(self._loop.call_later(grace, self.kill))

    def kill(self, cause: ErrorInfo | None = None) -> None:
        """Ends every process of the sandbox at once. The first cause given is the one that is told."""
        if self.has_ended:
            return
        self.limit = self.limit or cause
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._init_handle, signal.SIGKILL)

    async def aclose(self) -> None:
        """Ends the sandbox and waits until nothing of it is left."""
        self.kill()
        await self._watch

    # --- commands -------------------------------------------------------------------------------------------

    def _begin(self, log: LogText | None) -> None:
        self._running, self._interrupting, self._pictures, self.limit = True, False, 0, None
        self._log = log
        self._events = asyncio.Queue()  # whatever came after the end of the last one is nobody's
        if self.has_ended:
            self._events.put_nowait(Died(None))
            return
        self._loop.add_reader(self._output, self._on_output)
        self._timers.append(self._loop.call_later(self._limits.step_seconds, self._on_deadline))

    async def _audited(self, end: Done) -> Output:
        """The end of a command, unless it was too quick for the watchdog and left more behind than it may."""
        cause = await asyncio.to_thread(self._meter.excess)
        if cause is None:
            return end
        self.kill(cause)
        await self._watch
        return Died(self.limit or cause)

    def _end(self) -> None:
        self._running = False
        self._log = None
        self._idle_since = self._loop.time()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if not self.has_ended:
            # What is left running in the background may wait at a full pipe until the next step.
            self._loop.remove_reader(self._output)

    def _send(self, message: Mapping[str, str | int]) -> None:
        stream = self._process.stdin
        if stream is not None and not stream.is_closing() and not self.has_ended:
            stream.write(frame.encode(message))

    def _on_deadline(self) -> None:
        self.limit = ErrorInfo(ErrorCode.CODE_TIMED_OUT, {"seconds": f"{self._limits.step_seconds:g}"})
        self.interrupt()

    # --- what arrives ---------------------------------------------------------------------------------------

    def _on_output(self) -> None:
        self._read_output(_READ_BYTES)

    def _drain(self) -> None:
        """Reads what was printed before now; not more than a pipe holds, since somebody may go on writing."""
        left = _DRAIN_BYTES
        while left > 0 and (count := self._read_output(_READ_BYTES)):
            left -= count

    def _read_output(self, size: int) -> int:
        data = self._read(self._output, size)
        if data and self._log is not None and (text := self._log.feed(data)):
            self._events.put_nowait(text)
        return len(data)

    def _read(self, descriptor: int, size: int) -> bytes:
        try:
            data = os.read(descriptor, size)
        except BlockingIOError:
            return b""
        if not data:
            self._loop.remove_reader(descriptor)
        return data

    def _on_frames(self) -> None:
        try:
            for item in self._reader.feed(self._read(self._frames, _READ_BYTES)):
                self._on_frame(item)
        except FrameError as error:
            self.kill(ErrorInfo(ErrorCode.SANDBOX_DIED, detail=f"it broke the protocol ({error})"))

    def _on_frame(self, item: frame.Frame) -> None:
        if self._killed:
            return
        if isinstance(item, Ready):
            if self._is_ready.done():
                raise FrameError("ready twice")
            self._is_ready.set_result(True)
        elif isinstance(item, Picture):
            self._on_picture(item)
        elif self._running and item.command == self._command:
            self._drain()
            self._events.put_nowait(item)
        else:
            # It was forged, or is the true end of a command whose end was forged before.
            self._surplus_ends += 1
            if self._surplus_ends > _SURPLUS_ENDS:
                raise FrameError("too many ends")

    def _on_picture(self, item: Picture) -> None:
        self._pictures += 1
        if self._pictures > self._limits.images + _SURPLUS_PICTURES:
            raise FrameError("too many pictures")
        self._drain()
        if self._running:
            surplus = self._pictures > self._limits.images
            self._events.put_nowait(Picture(b"") if surplus else item)
        self._send({"type": "ack"})

    # --- the watchdog ---------------------------------------------------------------------------------------

    async def _watchdog(self) -> None:
        """Looks after the sandbox until it has ended, then cleans up after it."""
        ended = self._loop.create_task(self._process.wait())
        pause = _BUSY_SECONDS
        while not ended.done():
            await asyncio.wait({ended}, timeout=pause)
            if ended.done() or self._killed:
                await asyncio.wait({ended}, timeout=_EXIT_SECONDS)
                if not ended.done():
                    self._process.kill()
                continue
            begun = self._loop.time()
            if not self._running and begun - self._idle_since > self._limits.idle_seconds:
                self.kill()
            else:
                await self._measure()
            # If it is costly to measure: not more than a fifth of a processor, and a fiftieth between steps.
            pause, times = (_BUSY_SECONDS, 4) if self._running else (_QUIET_SECONDS, 49)
            pause = max(pause, times * (self._loop.time() - begun))
        self._close(ended.result())

    async def _measure(self) -> None:
        async with self._measuring:
            if cause := await asyncio.to_thread(self._meter.excess):
                self.kill(cause)

    def _close(self, code: int) -> None:
        """Tells the end and lets go of everything."""
        if self._running:
            self._drain()
        else:
            self.last_words = last_line(self._output)
        cause = self.limit
        if cause is None and not self._killed:
            cause = ErrorInfo(ErrorCode.SANDBOX_DIED, detail=_end_in_words(code))
        self.has_ended = True
        if not self._is_ready.done():
            self._is_ready.set_result(False)
        for descriptor in (self._output, self._frames):
            self._loop.remove_reader(descriptor)
            os.close(descriptor)
        os.close(self._init_handle)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._events.put_nowait(Died(cause))


def _end_in_words(code: int) -> str:
    number = -code if code < 0 else code - 128
    if number <= 0:
        return f"the code ended the Python process with exit code {code}"
    try:
        return f"Python was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"the code ended the Python process with exit code {code}"
