"""The loop of a run: the model writes, the sandbox runs what it wrote, until the model answers."""

from dataclasses import dataclass, field

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.port import (
    CodePiece,
    CutOff,
    FileChanged,
    Finished,
    Image,
    Interpreter,
    Logs,
    Model,
    ModelRequest,
    Session,
    TextPiece,
    TokenCount,
)
from desktop_app.engine.runs import ending, shape
from desktop_app.engine.runs.batch import batches, joined
from desktop_app.engine.runs.draft import Draft
from desktop_app.engine.runs.ending import Ending
from desktop_app.engine.runs.history import Transcript
from desktop_app.engine.runs.workspace import Workspace
from desktop_app.engine.runs.writer import CodeWriter
from desktop_app.engine.storage.record import Json

MAX_ROUNDS = 30
_NO_CODE = frozenset({ErrorCode.SANDBOX_UNAVAILABLE, ErrorCode.SANDBOX_DIED})


@dataclass(slots=True)
class _Reply:
    """What the model has said in one turn."""

    calls: list[CodeWriter] = field(default_factory=list)
    usage: Json | None = None
    cut_off: bool = False


class Work:
    """One run from its first reply to its end. Cancelling the task that runs it stops model and sandbox."""

    def __init__(
        self, draft: Draft, model: Model, interpreter: Interpreter, session: Session, workspace: Workspace
    ) -> None:
        self._draft = draft
        self._run = draft.recorder.run
        self._model = model
        self._interpreter = interpreter
        self._session = session
        self._workspace = workspace
        self._figures = 0

    async def finish(self) -> Ending:
        """Does the work and says how it ended. What is still open then is left to the caller.

        Raises:
            DeskError: What the model or the storage says.
        """
        if self._draft.has_answered:
            return ending.COMPLETED
        await self._put_files()
        self._figures = self._draft.images
        for _ in range(MAX_ROUNDS):
            limit = self._tokens_left()
            if limit is not None and limit <= 0:
                return ending.CUT_OFF
            reply = await self._reply(limit)
            await self._draft.close_leftovers()
            if reply.cut_off:
                return ending.CUT_OFF
            if not reply.calls:
                return ending.COMPLETED
            for call in reply.calls:
                await self._execute(call, reply.usage)
        message = f"The model wrote code {MAX_ROUNDS} times without coming to an answer."
        return ending.failed(ErrorCode.RUN_FAILED, message=message)

    async def _put_files(self) -> None:
        thread_id, run_id = self._run["thread_id"], self._run["id"]
        transcript, plan = await self._draft.recorder.database.run(
            lambda records: (Transcript.read(records, thread_id), records.run_plan(run_id))
        )
        await self._workspace.put((*plan.file_ids, *transcript.input_file_ids()))

    def _tokens_left(self) -> int | None:
        limit: int | None = self._run["max_completion_tokens"]
        if limit is None or self._run["usage"] is None:
            return limit
        used: int = self._run["usage"]["completion_tokens"]
        return limit - used

    async def _request(self, max_completion_tokens: int | None) -> ModelRequest:
        thread_id = self._run["thread_id"]
        transcript = await self._draft.recorder.database.run(lambda records: Transcript.read(records, thread_id))
        inputs = await self._workspace.input_files()
        made = await self._workspace.names_by_step()
        return ModelRequest(
            model=self._run["model"],
            instructions=self._run["instructions"],
            turns=transcript.turns(inputs, made, self._run["truncation_strategy"]["last_messages"]),
            files=await self._session.files(),
            code_interpreter=self._may_run_code(),
            can_run_code=(await self._interpreter.status()).ok,
            probe=self._session.probe,
            temperature=self._run["temperature"],
            top_p=self._run["top_p"],
            max_completion_tokens=max_completion_tokens,
        )

    def _may_run_code(self) -> bool:
        return shape.CODE_INTERPRETER in self._run["tools"] and self._run["tool_choice"] != "none"

    async def _reply(self, max_completion_tokens: int | None) -> _Reply:
        reply = _Reply()
        call_id = ""
        async for batch in batches(self._model.reply(await self._request(max_completion_tokens))):
            for event in joined(batch):
                match event:
                    case TextPiece(text=text):
                        await (await self._draft.message()).add(text)
                    case CodePiece(text=text):
                        if event.call_id != call_id:
                            call_id = event.call_id
                            await self._close_message(None)
                            reply.calls.append(await self._draft.begin_code())
                        await reply.calls[-1].add_code(text)
                    case TokenCount():
                        reply.usage = shape.usage(event.prompt_tokens, event.completion_tokens)
                        await self._add_usage(reply.usage)
                    case CutOff():
                        reply.cut_off = True
        if not reply.cut_off:
            await self._close_message(None if reply.calls else reply.usage, final=not reply.calls)
        return reply

    async def _add_usage(self, usage: Json) -> None:
        total = self._run["usage"] or shape.usage(0, 0)
        self._run["usage"] = {name: total[name] + usage[name] for name in total}
        await self._draft.recorder.save(("run", self._run))

    async def _close_message(self, usage: Json | None, *, final: bool = False) -> None:
        """Ends the open message. The final one offers what the run made, and is there for that even if it is empty."""
        made = await self._workspace.made_in(self._draft.step_ids) if final else []
        message = await self._draft.message() if made else self._draft.open_message
        if message is not None:
            await message.complete(await self._workspace.links(), made, usage, final=final)
            self._draft.closed(message)

    async def _execute(self, step: CodeWriter, usage: Json | None) -> None:
        try:
            finished = await self._run_code(step)
        except DeskError as error:
            if error.code not in _NO_CODE:
                raise
            await step.add_logs(_explanation(error.info))
            finished = Finished(0.0, "SandboxError", error.info)
        await step.complete(finished, usage)
        self._draft.closed(step)

    async def _run_code(self, step: CodeWriter) -> Finished:
        await self._check_sandbox()
        step.announce_running()
        changed: dict[str, None] = {}
        finished = Finished(0.0)
        async for batch in batches(self._session.execute(step.code)):
            for event in joined(batch):
                match event:
                    case Logs(text=text):
                        await step.add_logs(text)
                    case Image(png=png):
                        self._figures += 1
                        name = f"figure-{self._figures}.png"
                        await step.add_image(await self._workspace.keep_image(png, name))
                    case FileChanged(name=name):
                        changed[name] = None
                    case Finished():
                        finished = event
        for name in changed:
            await self._workspace.keep(name, step.step_id)
        return finished

    async def _check_sandbox(self) -> None:
        """Makes sure that code never runs outside a working sandbox, nor against the assistant's settings."""
        if not self._may_run_code():
            raise DeskError(ErrorCode.SANDBOX_UNAVAILABLE, reason="This assistant has no code interpreter.", install="")
        status = await self._interpreter.status()
        if not status.ok:
            raise DeskError(ErrorCode.SANDBOX_UNAVAILABLE, reason=status.reason, install=status.install)


def _explanation(info: ErrorInfo) -> str:
    lines = ["The code was not run: there is no working sandbox.", info.data.get("reason") or info.detail]
    if install := info.data.get("install"):
        lines.append(f"What helps: {install}")
    return "\n".join(line for line in lines if line) + "\n"
