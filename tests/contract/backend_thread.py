"""What every backend does with threads, assistants and models. Part of `tests/contract/backend.py`."""

from dataclasses import replace

import pytest

from desktop_app.domain.entity import Answer, CodeStep, LogOutput, Question, Run, RunState, StepState, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerStarted, TextDelta
from desktop_app.domain.port import Backend
from desktop_app.domain.reduce import apply
from tests.contract.chat import ASSISTANT, MODEL, NEW, WHOLE, Chat, anonymous, reduced, words
from tests.contract.scenario import Say, Service


class ThreadContract:
    """What a service keeps, and what it can be asked for."""

    async def test_a_busy_thread_says_so(self, service: Service, backend: Backend) -> None:
        service.will(Say("Wait", hold=True))
        chat = await Chat.begin(backend)
        events = chat.start()
        async for event in events:
            if isinstance(event, AnswerStarted):
                break
        with pytest.raises(DeskError) as message:
            await chat.say("More", "client_more")
        with pytest.raises(DeskError) as run:
            await reduced(chat.start("client_second"))
        await backend.cancel_run(chat.thread_id, event.run_id)
        assert (await reduced(events)).state is RunState.CANCELLED
        assert (message.value.code, run.value.code) == (ErrorCode.THREAD_BUSY, ErrorCode.THREAD_BUSY)

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

    async def test_complaint_15_a_question_that_was_stopped_is_there_once(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(Say("The beginning", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if isinstance(event, TextDelta):
                await backend.cancel_run(chat.thread_id, run.remote_id)
        await chat.say("Plot it", "client_question")
        copy = await backend.read_thread(chat.thread_id)
        assert [item.text for item in copy.items if isinstance(item, Question)] == ["Plot it"]

    async def test_a_thread_is_read_as_its_service_has_it(self, service: Service, backend: Backend) -> None:
        service.will(*WHOLE)
        chat = await Chat.begin(backend)
        streamed = await reduced(chat.start())
        copy = await backend.read_thread(chat.thread_id)
        question, run = copy.items
        assert copy.remote_id == chat.thread_id
        assert isinstance(question, Question)
        assert question.text == "Plot it"
        assert isinstance(run, Run)
        assert run.state is RunState.COMPLETED
        assert anonymous(replace(NEW, items=run.items)).items == anonymous(streamed).items

    async def test_complaint_02_a_thread_is_read_whole_however_many_pages_it_has(self, backend: Backend) -> None:
        history = tuple(
            Question(f"q{number}", "thread", f"Question {number}", (), created_at=number) for number in range(105)
        )
        thread_id = await backend.create_thread("client_thread", history)
        copy = await backend.read_thread(thread_id)
        assert [item.text for item in copy.items if isinstance(item, Question)] == [item.text for item in history]

    async def test_what_was_said_elsewhere_begins_a_thread(self, backend: Backend) -> None:
        step = CodeStep("step", "1 + 1", (LogOutput("2\n"),), StepState.COMPLETED)
        answer = Answer("answer", (TextPart("Two."),), complete=True)
        run = replace(NEW, state=RunState.COMPLETED, items=(step, answer))
        history = (Question("q", "thread", "What is it?", (), created_at=1.0), run)
        copy = await backend.read_thread(await backend.create_thread("client_thread", history))
        question, told = copy.items
        assert isinstance(question, Question)
        assert question.text == "What is it?"
        assert isinstance(told, Run)
        said = words(told)
        assert "1 + 1" in said
        assert "2\n" in said
        assert said.endswith("Two.")

    async def test_a_thread_that_is_gone_cannot_be_read(self, backend: Backend) -> None:
        thread_id = await backend.create_thread("client_thread")
        await backend.delete_thread(thread_id)
        with pytest.raises(DeskError) as caught:
            await backend.read_thread(thread_id)
        assert caught.value.code is ErrorCode.NOT_FOUND

    async def test_a_definition_is_used_wherever_it_is_kept(self, backend: Backend) -> None:
        first = await backend.put_assistant(ASSISTANT, MODEL)
        if not backend.capabilities.has_assistants:
            assert await backend.list_assistants() == ()
            return
        (listed,) = [each for each in await backend.list_assistants() if each.id == first]
        assert (listed.name, listed.instructions, listed.model) == (ASSISTANT.name, ASSISTANT.instructions, MODEL)
        await backend.delete_assistant(first)
        await backend.delete_assistant(first)
        assert first not in [each.id for each in await backend.list_assistants()]

    async def test_an_assistant_is_created_once_and_again_when_it_is_gone(self, backend: Backend) -> None:
        first = await backend.put_assistant(ASSISTANT, MODEL)
        changed = replace(ASSISTANT, instructions="Be long.", code_interpreter=False)
        assert await backend.put_assistant(changed, MODEL, first) == first
        again = await backend.put_assistant(ASSISTANT, MODEL, "asst_gone")
        if backend.capabilities.has_assistants:
            assert again not in ("", "asst_gone", first)

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

    async def test_a_connection_that_works_is_told_so_and_nothing_is_left(
        self, service: Service, backend: Backend
    ) -> None:
        service.will(Say("Yes."))
        report = await backend.check(MODEL)
        assert (report.error, report.is_model_tested) == (None, True)
        assert MODEL in report.models
        assert await backend.list_assistants() == ()

    async def test_a_connection_is_tested_without_a_model_too(self, backend: Backend) -> None:
        report = await backend.check("")
        assert (report.error, report.is_model_tested) == (None, False)

    async def test_a_connection_with_a_wrong_key_is_told_so(self, service: Service) -> None:
        backend = service.backend_with_key("sk-a-very-secret-key")
        report = await backend.check(MODEL)
        assert report.error is not None
        assert report.error.code is ErrorCode.UNAUTHORIZED
        assert "very-secret" not in repr(report)
        await backend.aclose()

    async def test_capabilities_are_real_limits(self, backend: Backend) -> None:
        assert backend.capabilities.max_file_bytes >= 1024**2
        assert backend.capabilities.max_files > 0
        assert backend.capabilities.max_message_characters > 1000
