"""The Responses backend against services that speak OpenAI's, Azure's and Foundry's dialects, over HTTP."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.domain.connection import RateLimits
from desktop_app.domain.entity import Answer, Reasoning, RunState, TextPart, Usage
from desktop_app.domain.error import ErrorCode
from desktop_app.domain.port import Backend
from desktop_app.domain.reduce import apply
from tests.contract.backend import BackendContract
from tests.contract.backend_thread import ThreadContract
from tests.contract.chat import WHOLE, Chat, anonymous, cut_off, reduced
from tests.contract.responses import ResponsesUnderTest, under_test
from tests.contract.scenario import Break, Code, Decline, Say, Service, Shorten, Think
from tests.harness.responses import Dialect
from tests.harness.responses.stream import Cut
from tests.harness.responses.writer import Habit

ALL = (Think("**Plan**\n\nÜber alles."), *WHOLE, Decline("Not that."))


class TestOpenAI(BackendContract):
    """Everything that the contract says."""

    @pytest.fixture
    async def service(self) -> AsyncIterator[Service]:
        async with under_test(Dialect.OPENAI) as service:
            yield service


class TestAzure(ThreadContract):
    """What its gateway and its sessions do otherwise."""

    @pytest.fixture
    async def service(self) -> AsyncIterator[Service]:
        async with under_test(Dialect.AZURE) as service:
            yield service

    @pytest.fixture
    def backend(self, service: Service) -> Backend:
        return service.backend

    test_complaint_01 = BackendContract.test_complaint_01_stop_ends_the_run_and_keeps_what_was_there
    test_complaint_01_code = BackendContract.test_complaint_01_stop_ends_running_code
    test_complaint_13_and_14 = BackendContract.test_complaint_13_and_14_code_logs_images_and_files_all_arrive


class TestFoundry(TestAzure):
    """What a project without containers of one's own does otherwise; its streams take back what was not finished."""

    @pytest.fixture
    async def service(self) -> AsyncIterator[Service]:
        async with under_test(Dialect.FOUNDRY) as service:
            yield service

    test_complaint_19 = BackendContract.test_complaint_19_an_attached_file_is_with_the_message
    test_dropped = BackendContract.test_a_stream_dropped_at_any_event_and_followed_ends_in_the_same_run


@pytest.fixture(params=Dialect, ids=lambda dialect: str(dialect.name))
async def service(request: pytest.FixtureRequest) -> AsyncIterator[ResponsesUnderTest]:
    async with under_test(request.param) as service:
        yield service


async def test_every_kind_of_event_arrives(service: ResponsesUnderTest) -> None:
    service.will(*ALL)
    run = await reduced((await Chat.begin(service.backend)).start())
    assert (run.state, run.error) == (RunState.COMPLETED, None)
    thought, *_, declined = run.items
    assert thought == Reasoning(thought.key, "**Plan**\n\nÜber alles.", complete=True)
    assert declined == Answer(declined.key, (TextPart("Not that."),), complete=True)
    assert run.usage == Usage(120, 40, cached_tokens=100, reasoning_tokens=30, container_sessions=1)
    assert run.limits == RateLimits(499, 500, 29000, 30000, reset_seconds=62.5)


@pytest.mark.parametrize(
    "habit",
    [
        Habit(piece=0),
        Habit(piece=1),
        Habit(is_novel=True),
        Habit(repeats_queued=True),
        Habit(late_deltas=True),
        Habit(3, is_novel=True, repeats_queued=True, late_deltas=True),
    ],
    ids=["whole", "characters", "novelties", "late queued", "late deltas", "all"],
)
async def test_however_a_stream_is_told_it_is_the_same_run(service: ResponsesUnderTest, habit: Habit) -> None:
    service.will(*ALL)
    plain = await reduced((await Chat.begin(service.backend)).start())
    service.habit = habit
    service.cut(Cut(piece=7, twice=frozenset(range(1, 200, 3))))
    run = await reduced((await Chat.begin(service.backend)).start())
    assert anonymous(run) == anonymous(plain)


async def test_a_service_without_background_is_asked_again_without_it_and_once_only(
    service: ResponsesUnderTest,
) -> None:
    service.refuses = {"background", "reasoning"}
    service.will(*WHOLE)
    chat = await Chat.begin(service.backend)
    assert (await reduced(chat.start())).state is RunState.COMPLETED
    assert len(service.responses) == 1
    assert len(service.asked("POST", "/responses")) == 3
    assert (await reduced(chat.start("client_second"))).state is RunState.COMPLETED
    assert len(service.asked("POST", "/responses")) == 4, "what a service does not take is not offered to it again"


async def test_complaint_01_stop_ends_a_run_in_the_foreground_too(service: ResponsesUnderTest) -> None:
    service.refuses = {"background"}
    service.will(Code("1", logs="1\n"), Say("The beginning", hold=True))
    chat = await Chat.begin(service.backend)
    names = []
    async for event in chat.start():
        names.append(type(event).__name__)
        if names[-1] == "TextDelta":
            await service.backend.cancel_run(chat.thread_id, event.run_id)
    (response,) = service.responses.values()
    while not response.is_over:
        await response.news()
    assert response.status == "cancelled"


async def test_a_service_that_cannot_stream_again_is_looked_at(service: ResponsesUnderTest) -> None:
    service.streams_again = False
    service.will(*ALL)
    whole = await reduced((await Chat.begin(service.backend)).start())
    service.cut_stream_after(20)
    chat = await Chat.begin(service.backend)
    dropped = await cut_off(chat.start())
    followed = await reduced(chat.follow(dropped.remote_id), dropped)
    assert anonymous(followed).items == anonymous(whole).items


async def test_after_a_restart_a_run_is_told_from_its_beginning(service: ResponsesUnderTest) -> None:
    service.will(*ALL[:-1], Say("Nearly", hold=True))
    chat = await Chat.begin(service.backend)
    service.cut_stream_after(30)
    run = await cut_off(chat.start())
    again = service.connect()
    async for event in again.follow_run(chat.thread_id, run.remote_id):
        run = apply(run, event).run
        if len(run.items) == len(ALL):
            service.release()
    await again.aclose()
    assert (run.state, run.items[-1]) == (
        RunState.COMPLETED,
        Answer(run.items[-1].key, (TextPart("Nearly"),), complete=True),
    )


@pytest.mark.parametrize(
    ("turn", "state", "code"),
    [
        (Break(), RunState.FAILED, ErrorCode.SERVER_FAILED),
        (Break("rate_limit_exceeded"), RunState.FAILED, ErrorCode.RATE_LIMITED),
        (Break("a_code_from_the_future"), RunState.FAILED, ErrorCode.RUN_FAILED),
        (Break(as_event=True), RunState.FAILED, ErrorCode.SERVER_FAILED),
        (Shorten("max_output_tokens"), RunState.INCOMPLETE, ErrorCode.RUN_INCOMPLETE),
        (Shorten("content_filter"), RunState.INCOMPLETE, ErrorCode.CONTENT_FILTERED),
        (Shorten("a_reason_from_the_future"), RunState.INCOMPLETE, ErrorCode.RUN_INCOMPLETE),
    ],
)
async def test_a_runs_end_says_why(turn: Break | Shorten, state: RunState, code: ErrorCode) -> None:
    async with under_test(Dialect.OPENAI) as service:
        service.will(Say("Half an"), turn)
        run = await reduced((await Chat.begin(service.backend)).start())
    assert run.state is state
    assert run.error is not None
    assert run.error.code is code
    assert run.items == (Answer(run.items[0].key, (TextPart("Half an"),), complete=True),), "what was there stays"


async def test_an_agent_that_is_defined_there_answers_by_its_name_alone() -> None:
    async with under_test(Dialect.FOUNDRY) as service:
        backend = service.connect(agent="analyst")
        service.will(*WHOLE)
        run = await reduced((await Chat.begin(backend)).start())
        await backend.aclose()
    assert run.state is RunState.COMPLETED
    (request,) = service.asked("POST", "/responses")
    assert request.json["agent_reference"] == {"type": "agent_reference", "name": "analyst"}
