"""What every backend does, whatever service it speaks to. A subclass brings the fixture `service`."""

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.entity import Answer, CodeStep, ImageOutput, LogOutput, RunState, StepState, TextPart
from desktop_app.domain.error import ErrorCode
from desktop_app.domain.event import CodeRunning, CodeStarted, LogDelta, TextDelta
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import Backend
from desktop_app.domain.reduce import apply
from tests.contract.backend_file import FileContract
from tests.contract.backend_thread import ThreadContract
from tests.contract.chat import NEW, WHOLE, Chat, anonymous, cut_off, ignore, reduced, words
from tests.contract.scenario import Break, Code, Say, Service


class BackendContract(FileContract, ThreadContract):
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
        logged = names.index("LogDelta") if service.streams_logs else names.index("CodeRunning")
        assert names.index("CodeStarted") < names.index("CodeDelta") < logged
        assert logged < names.index("CodeSnapshot") < names.index("AnswerStarted")
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

    async def test_complaint_17_a_run_that_fails_says_why_and_not_in_its_transcript(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(Break())
        chat = await Chat.begin(backend)
        run = await reduced(chat.start())
        assert (run.state, run.items) == (RunState.FAILED, ())
        assert run.error is not None
        assert run.error.code in (ErrorCode.CONNECTION_FAILED, ErrorCode.RUN_FAILED, ErrorCode.SERVER_FAILED)
        assert (await reduced(chat.follow(run.remote_id))).error == run.error

    async def test_complaint_01_stop_ends_the_run_and_keeps_what_was_there(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(Code("1", logs="1\n"), Say("The beginning", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if isinstance(event, TextDelta) and words(run) == "The beginning":
                await backend.cancel_run(chat.thread_id, run.remote_id)
        step, answer = run.items
        assert run.state is RunState.CANCELLED
        assert answer == Answer(answer.key, (TextPart("The beginning"),), complete=True)
        assert isinstance(step, CodeStep)
        assert step.state is StepState.COMPLETED
        await backend.cancel_run(chat.thread_id, run.remote_id)
        assert await reduced(chat.follow(run.remote_id), run) == run

    async def test_complaint_01_stop_ends_running_code(self, service: Service, backend: Backend) -> None:
        service.will(Code("while True: pass", logs="going\n", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if isinstance(event, LogDelta if service.streams_logs else CodeRunning):
                await backend.cancel_run(chat.thread_id, run.remote_id)
        (step,) = run.items
        assert isinstance(step, CodeStep)
        assert (run.state, step.state, step.code) == (RunState.CANCELLED, StepState.CANCELLED, "while True: pass")
        assert step.outputs == ((LogOutput("going\n"),) if service.streams_logs else ())

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
            if not dropped.remote_id:  # services that list no runs do not tell what a nameless one cost
                followed = replace(followed, usage=whole.usage, limits=whole.limits)
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

    async def test_what_a_run_cost_is_told(self, service: Service, backend: Backend) -> None:
        service.will(Say("Hello."))
        run = await reduced((await Chat.begin(backend)).start())
        assert run.usage is not None
        assert run.usage.prompt_tokens > run.usage.cached_tokens >= 0
        assert run.usage.completion_tokens > run.usage.reasoning_tokens >= 0

    async def test_every_file_says_which_service_has_it(self, service: Service, backend: Backend) -> None:
        service.will(*WHOLE)
        run = await reduced((await Chat.begin(backend)).start())
        files = [file for item in run.items for file in files_of(item)]
        infos = [await backend.file_info(file.remote_id) for file in files]
        assert {file.connection_id for file in (*files, *infos)} == {service.connection_id}

    async def test_complaint_02_a_run_of_many_steps_is_listed_whole(self, service: Service, backend: Backend) -> None:
        steps = [Code(f"step_{number}") for number in range(25)]
        service.will(*steps, Say("Done."))
        chat = await Chat.begin(backend)
        streamed = await reduced(chat.start())
        listed = await reduced(chat.follow(streamed.remote_id))
        assert [item.code for item in listed.items if isinstance(item, CodeStep)] == [step.source for step in steps]
        assert listed == streamed
