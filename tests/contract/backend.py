"""What every backend does, whatever service it speaks to. A subclass brings the fixture `service`."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.entity import (
    Answer,
    Assistant,
    CodeStep,
    ImageOutput,
    LogOutput,
    Run,
    RunItem,
    RunState,
    StepState,
    StoredFile,
    TextPart,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerStarted, CodeStarted, RunEvent, TextDelta
from desktop_app.domain.item_file import files_of, map_files
from desktop_app.domain.port import Backend, RunRequest
from desktop_app.domain.reduce import apply
from tests.contract.scenario import Break, Code, Say, Service

NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)
ASSISTANT = Assistant("assistant", "Analyst", "Looks at data", "Be brief.")
MODEL = "scripted"

WHOLE = (
    Code("frame.plot()", logs="two rows\n", picture=True),
    Code("frame.to_csv('made.csv')", saves="made.csv"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)


def ignore(_done: int, _total: int) -> None:
    """For tests that do not look at the progress."""


class Chat:
    """One thread of a backend, and the assistant that answers in it."""

    def __init__(self, backend: Backend, thread_id: str, assistant_id: str) -> None:
        self.backend = backend
        self.thread_id = thread_id
        self._assistant_id = assistant_id

    @classmethod
    async def begin(cls, backend: Backend, text: str = "Plot it") -> "Chat":
        assistant_id = await backend.put_assistant(ASSISTANT, MODEL)
        chat = cls(backend, await backend.create_thread("client_thread"), assistant_id)
        await chat.say(text, "client_question")
        return chat

    async def say(self, text: str, client_id: str, files: Iterable[StoredFile] = ()) -> str:
        return await self.backend.add_message(self.thread_id, text, files, client_id)

    def start(self, client_id: str = "client_run") -> AsyncIterator[RunEvent]:
        return self.backend.start_run(RunRequest(self.thread_id, self._assistant_id, ASSISTANT, MODEL, client_id))

    def follow(self, run_id: str) -> AsyncIterator[RunEvent]:
        return self.backend.follow_run(self.thread_id, run_id)


async def reduced(events: AsyncIterator[RunEvent], run: Run = NEW) -> Run:
    """The run after all the events."""
    async for event in events:
        run = apply(run, event).run
    return run


async def cut_off(events: AsyncIterator[RunEvent]) -> Run:
    """The run after what came before the stream was dropped, if it was."""
    run = NEW
    try:
        async for event in events:
            run = apply(run, event).run
    except DeskError as error:
        if error.code not in (ErrorCode.STREAM_DROPPED, ErrorCode.CONNECTION_FAILED):
            raise
    return run


def anonymous(run: Run) -> Run:
    """The run without what differs from one run to the next: ids and times."""
    numbers: dict[str, str] = {}

    def number(value: str) -> str:
        return numbers.setdefault(value, f"id{len(numbers)}")

    def renamed(item: RunItem) -> RunItem:
        item = map_files(item, lambda file: StoredFile(number(file.id), "", 0, file.media_type))
        if isinstance(item, CodeStep):
            return replace(item, key=number(item.key), started_at=None, ended_at=None)
        return replace(item, key=number(item.key))

    return replace(run, remote_id="", ended_at=None, items=tuple(renamed(item) for item in run.items))


class BackendContract:
    """Subclass it and define the fixture `service`."""

    @pytest.fixture
    def backend(self, service: Service) -> Backend:
        return service.backend

    async def test_complaint_13_and_14_code_logs_images_and_files_all_arrive(
        self, service: Service, backend: Backend, tmp_path: Path
    ) -> None:
        service.will(*WHOLE)
        chat = await Chat.begin(backend)
        run = await reduced(chat.start())
        assert (run.state, run.error) == (RunState.COMPLETED, None)
        plot, save, answer = run.items
        assert isinstance(plot, CodeStep)
        assert isinstance(save, CodeStep)
        assert isinstance(answer, Answer)
        assert [step.code for step in (plot, save)] == ["frame.plot()", "frame.to_csv('made.csv')"]
        assert [step.state for step in (plot, save)] == [StepState.COMPLETED, StepState.COMPLETED]
        logs, picture = plot.outputs
        assert logs == LogOutput("two rows\n")
        assert isinstance(picture, ImageOutput)
        (part,) = answer.parts
        assert isinstance(part, TextPart)
        (link,) = part.links
        assert part.text[link.start : link.end] == link.text == "sandbox:/mnt/data/made.csv"
        assert [(file.id, file.name) for file in answer.files] == [(link.file.id, "made.csv")]
        assert (await backend.file_info(picture.file.remote_id)).media_type == "image/png"
        await backend.download(picture.file.remote_id, tmp_path / "picture", ignore)
        assert (tmp_path / "picture").read_bytes().startswith(b"\x89PNG")
        await backend.download(link.file.remote_id, tmp_path / "table", ignore)
        assert (tmp_path / "table").read_bytes() == b"abc"

    async def test_answers_and_code_come_piece_by_piece(self, service: Service, backend: Backend) -> None:
        service.will(Code("1 + 1", logs="2\n"), Say("Two."))
        chat = await Chat.begin(backend)
        events = [event async for event in chat.start()]
        names = [type(event).__name__ for event in events]
        assert names.index("CodeStarted") < names.index("CodeDelta") < names.index("LogDelta")
        assert names.index("LogDelta") < names.index("CodeSnapshot") < names.index("AnswerStarted")
        assert names.index("AnswerStarted") < names.index("TextDelta") < names.index("AnswerSnapshot")
        assert events[0].run_id != ""
        assert {event.run_id for event in events} == {events[0].run_id}

    async def test_code_that_fails_says_how_and_the_next_step_goes_on(self, service: Service, backend: Backend) -> None:
        service.will(Code("1 / 0", raises="ZeroDivisionError: division by zero"), Code("1"), Say("Done."))
        chat = await Chat.begin(backend)
        run = await reduced(chat.start())
        failed, second, _ = run.items
        assert isinstance(failed, CodeStep)
        assert isinstance(second, CodeStep)
        assert (failed.state, second.state, run.state) == (StepState.FAILED, StepState.COMPLETED, RunState.COMPLETED)
        assert failed.error is not None
        assert failed.error.code is ErrorCode.CODE_FAILED
        assert failed.error.data == {"name": "ZeroDivisionError", "message": "division by zero"}

    async def test_a_run_that_fails_says_why(self, service: Service, backend: Backend) -> None:
        service.will(Break())
        chat = await Chat.begin(backend)
        run = await reduced(chat.start())
        assert run.state is RunState.FAILED
        assert run.error is not None
        assert run.error.code in (ErrorCode.CONNECTION_FAILED, ErrorCode.RUN_FAILED)
        assert (await reduced(chat.follow(run.remote_id))).error == run.error

    async def test_complaint_01_stop_ends_the_run_and_keeps_what_was_there(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(Code("1", logs="1\n"), Say("The beginning", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if isinstance(event, TextDelta):
                await backend.cancel_run(chat.thread_id, run.remote_id)
        step, answer = run.items
        assert run.state is RunState.CANCELLED
        assert answer == Answer(answer.key, (TextPart("The beginning"),), complete=True)
        assert isinstance(step, CodeStep)
        assert step.state is StepState.COMPLETED
        await backend.cancel_run(chat.thread_id, run.remote_id)
        assert await reduced(chat.follow(run.remote_id)) == run

    async def test_complaint_01_stop_ends_running_code(self, service: Service, backend: Backend) -> None:
        service.will(Code("while True: pass", logs="going\n", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if type(event).__name__ == "LogDelta":
                await backend.cancel_run(chat.thread_id, run.remote_id)
        (step,) = run.items
        assert isinstance(step, CodeStep)
        assert (run.state, step.state, step.outputs) == (
            RunState.CANCELLED,
            StepState.CANCELLED,
            (LogOutput("going\n"),),
        )

    async def test_a_busy_thread_says_so(self, service: Service, backend: Backend) -> None:
        service.will(Say("Wait", hold=True))
        chat = await Chat.begin(backend)
        async for event in chat.start():
            if isinstance(event, AnswerStarted):
                with pytest.raises(DeskError) as message:
                    await chat.say("More", "client_more")
                with pytest.raises(DeskError) as run:
                    await reduced(chat.start("client_second"))
                await backend.cancel_run(chat.thread_id, event.run_id)
        assert (message.value.code, run.value.code) == (ErrorCode.THREAD_BUSY, ErrorCode.THREAD_BUSY)

    async def test_a_stream_dropped_at_any_event_and_followed_ends_in_the_same_run(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(*WHOLE)
        chat = await Chat.begin(backend)
        whole = await reduced(chat.start())
        for count in range(100):
            service.will(*WHOLE)
            service.cut_stream_after(count)
            dropped = await cut_off(chat.start(f"client_{count}"))
            if dropped.state.is_final:
                break  # the stream was not longer than that
            run_id = dropped.remote_id or await backend.find_run(chat.thread_id, f"client_{count}")
            followed = await reduced(chat.follow(run_id), dropped)
            assert followed == await reduced(chat.follow(run_id)), f"cut after {count} events"
            assert anonymous(followed) == anonymous(whole), f"cut after {count} events"
        assert 10 < count < 99

    async def test_closing_the_stream_does_not_stop_the_run(self, service: Service, backend: Backend) -> None:
        service.will(*WHOLE)
        chat = await Chat.begin(backend)
        async with aclosing(chat.start()) as events:  # type: ignore[type-var]  # an iterator by the port
            async for event in events:
                if isinstance(event, CodeStarted):
                    break
        run = await reduced(chat.follow(event.run_id))
        assert (run.state, len(run.items)) == (RunState.COMPLETED, 3)

    async def test_complaint_02_a_run_of_many_steps_is_listed_whole(self, service: Service, backend: Backend) -> None:
        steps = [Code(f"step_{number}") for number in range(25)]
        service.will(*steps, Say("Done."))
        chat = await Chat.begin(backend)
        streamed = await reduced(chat.start())
        listed = await reduced(chat.follow(streamed.remote_id))
        assert [item.code for item in listed.items if isinstance(item, CodeStep)] == [step.source for step in steps]
        assert listed == streamed

    async def test_a_message_is_added_once(self, service: Service, backend: Backend) -> None:
        service.will(Say("Hello."))
        chat = await Chat.begin(backend)
        first = await chat.say("Again", "client_2")
        assert await chat.say("Again", "client_2") == first
        assert await chat.say("Again", "client_3") != first

    async def test_a_run_is_found_by_the_mark_of_the_app(self, service: Service, backend: Backend) -> None:
        service.will(Say("Hello."))
        chat = await Chat.begin(backend)
        assert await backend.find_run(chat.thread_id, "client_run") == ""
        run = await reduced(chat.start())
        assert await backend.find_run(chat.thread_id, "client_run") == run.remote_id

    async def test_an_assistant_is_created_once_and_again_when_it_is_gone(self, backend: Backend) -> None:
        first = await backend.put_assistant(ASSISTANT, MODEL)
        changed = replace(ASSISTANT, instructions="Be long.", code_interpreter=False)
        assert await backend.put_assistant(changed, MODEL, first) == first
        again = await backend.put_assistant(ASSISTANT, MODEL, "asst_gone")
        assert again not in ("", "asst_gone", first)

    async def test_complaint_04_files_of_one_name_keep_their_own_bytes(self, backend: Backend, tmp_path: Path) -> None:
        ids = []
        for number in range(2):
            source = tmp_path / str(number)
            source.write_text(f"content {number}")
            ids.append(await backend.upload(source, 'data "1" ü.csv', ignore))
        for number, file_id in enumerate(ids):
            info = await backend.file_info(file_id)
            assert (info.id, info.remote_id, info.size, info.media_type) == (file_id, file_id, 9, "text/csv")
            target = tmp_path / f"copy {number}"
            await backend.download(file_id, target, ignore)
            assert target.read_text() == f"content {number}"
        assert ids[0] != ids[1]

    async def test_complaint_19_an_attached_file_is_with_the_message(
        self, service: Service, backend: Backend, tmp_path: Path
    ) -> None:
        (tmp_path / "book.xlsx").write_bytes(b"PK")
        file_id = await backend.upload(tmp_path / "book.xlsx", "book.xlsx", ignore)
        service.will(Say("{files}"))
        chat = await Chat.begin(backend)
        await chat.say("", "client_file", [await backend.file_info(file_id)])
        run = await reduced(chat.start())
        (answer,) = run.items
        assert answer == Answer(answer.key, (TextPart("book.xlsx"),), complete=True)

    async def test_complaint_08_large_files_move_in_pieces_and_tell_their_progress(
        self, backend: Backend, tmp_path: Path
    ) -> None:
        source = tmp_path / "large"
        data = bytes(range(256)) * 8192
        source.write_bytes(data)
        up: list[tuple[int, int]] = []
        down: list[tuple[int, int]] = []
        file_id = await backend.upload(source, "large.bin", lambda done, total: up.append((done, total)))
        await backend.download(file_id, tmp_path / "copy", lambda done, total: down.append((done, total)))
        assert (tmp_path / "copy").read_bytes() == data
        for told in (up, down):
            assert len(told) >= 4
            assert told == sorted(told)
            assert told[-1] == (len(data), len(data))

    async def test_an_upload_can_be_cancelled(self, backend: Backend, tmp_path: Path) -> None:
        source = tmp_path / "large"
        with source.open("wb") as file:
            file.truncate(400 * 1024**2)
        begun = asyncio.Event()
        task = asyncio.ensure_future(backend.upload(source, "large.bin", lambda _done, _total: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert MODEL in [model.id for model in await backend.list_models()]

    async def test_a_file_that_is_not_here_is_not_uploaded(self, backend: Backend, tmp_path: Path) -> None:
        with pytest.raises(DeskError) as caught:
            await backend.upload(tmp_path / "missing", "missing.csv", ignore)
        assert caught.value.code is ErrorCode.FILE_MISSING

    async def test_a_file_that_is_not_there_leaves_nothing(self, backend: Backend, tmp_path: Path) -> None:
        with pytest.raises(DeskError) as caught:
            await backend.download("file-gone", tmp_path / "copy", ignore)
        assert caught.value.code is ErrorCode.NOT_FOUND
        assert not (tmp_path / "copy").exists()

    async def test_a_download_never_replaces_a_file(self, backend: Backend, tmp_path: Path) -> None:
        (tmp_path / "mine").write_text("mine")
        file_id = await backend.upload(tmp_path / "mine", "mine.txt", ignore)
        with pytest.raises(DeskError) as caught:
            await backend.download(file_id, tmp_path / "mine", ignore)
        assert caught.value.code is ErrorCode.SAVE_FAILED
        assert (tmp_path / "mine").read_text() == "mine"

    async def test_deleting_twice_is_no_error(self, backend: Backend, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a")
        file_id = await backend.upload(tmp_path / "a.txt", "a.txt", ignore)
        thread_id = await backend.create_thread("client_thread")
        for _ in range(2):
            await backend.delete_file(file_id)
            await backend.delete_thread(thread_id)
        with pytest.raises(DeskError) as caught:
            await backend.file_info(file_id)
        assert caught.value.code is ErrorCode.NOT_FOUND

    async def test_models_are_listed(self, backend: Backend) -> None:
        assert MODEL in [model.id for model in await backend.list_models()]

    async def test_a_wrong_key_is_said_and_never_shown(self, service: Service) -> None:
        backend = service.backend_with_key("sk-a-very-secret-key")
        with pytest.raises(DeskError) as caught:
            await backend.list_models()
        assert caught.value.code is ErrorCode.UNAUTHORIZED
        assert "very-secret" not in repr(caught.value.info) + str(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
        await backend.aclose()

    async def test_every_file_of_a_run_can_be_asked_for(self, service: Service, backend: Backend) -> None:
        service.will(*WHOLE)
        run = await reduced((await Chat.begin(backend)).start())
        named = {file.remote_id for item in run.items for file in files_of(item)}
        assert sorted([(await backend.file_info(file_id)).name.rpartition(".")[2] for file_id in named]) == [
            "csv",
            "png",
        ]

    async def test_capabilities_are_real_limits(self, backend: Backend) -> None:
        assert backend.capabilities.max_file_bytes >= 1024**2
        assert backend.capabilities.max_files > 0
        assert backend.capabilities.max_message_characters > 1000
