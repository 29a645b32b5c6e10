"""The Responses backend tells causes apart, and asks for nothing twice."""

from collections.abc import AsyncIterator, Callable

import pytest

from desktop_app.domain.entity import Question, RunState
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.chat import Chat, cut_off, reduced, words
from tests.contract.responses import ResponsesUnderTest, under_test
from tests.contract.scenario import Say
from tests.harness.responses import Dialect, refusal
from tests.harness.responses.refusal import RefusalError

Refuse = Callable[[Dialect], RefusalError]


@pytest.fixture(params=[Dialect.OPENAI, Dialect.AZURE], ids=lambda dialect: str(dialect.name))
async def service(request: pytest.FixtureRequest) -> AsyncIterator[ResponsesUnderTest]:
    async with under_test(request.param) as service:
        yield service


CAUSES: list[tuple[Refuse, ErrorCode]] = [
    (lambda dialect: refusal.unauthorized(dialect, "sk-…"), ErrorCode.UNAUTHORIZED),
    (refusal.forbidden, ErrorCode.FORBIDDEN),
    (lambda dialect: refusal.model_missing(dialect, "scripted"), ErrorCode.MODEL_NOT_FOUND),
    (refusal.rate_limited, ErrorCode.RATE_LIMITED),
    (lambda _: refusal.out_of_quota(), ErrorCode.QUOTA_EXHAUSTED),
    (lambda _: refusal.locked(), ErrorCode.THREAD_BUSY),
    (refusal.server_failed, ErrorCode.SERVER_FAILED),
    (lambda dialect: refusal.server_failed(dialect, 503), ErrorCode.SERVER_FAILED),
    (lambda _: RefusalError(400, "Context too long.", "context_length_exceeded"), ErrorCode.CONTEXT_TOO_LONG),
    (lambda _: RefusalError(400, "Bad.", "a_code_from_the_future"), ErrorCode.REQUEST_REFUSED),
    (lambda _: RefusalError(418, "Teapot."), ErrorCode.REQUEST_REFUSED),
]


@pytest.mark.parametrize(("refuse", "code"), CAUSES)
async def test_a_run_that_is_refused_says_why_and_is_asked_for_once(
    service: ResponsesUnderTest, refuse: Refuse, code: ErrorCode
) -> None:
    chat = await Chat.begin(service.backend)
    service.fail("POST", "/responses", refuse(service.dialect), times=9)
    with pytest.raises(DeskError) as caught:
        await reduced(chat.start())
    assert caught.value.code is code
    assert len(service.asked("POST", "/responses")) == 1
    assert service.responses == {}


async def test_azures_filter_says_what_it_found() -> None:
    async with under_test(Dialect.AZURE) as service:
        chat = await Chat.begin(service.backend)
        service.fail("POST", "/responses", refusal.content_filtered(service.dialect))
        with pytest.raises(DeskError) as caught:
            await reduced(chat.start())
    assert (caught.value.code, caught.value.info.data["categories"]) == (ErrorCode.CONTENT_FILTERED, "hate")


async def test_a_limit_says_when_it_is_over_and_where_to_ask(service: ResponsesUnderTest) -> None:
    chat = await Chat.begin(service.backend)
    service.fail("POST", "/responses", refusal.rate_limited(service.dialect, 7))
    with pytest.raises(DeskError) as caught:
        await reduced(chat.start())
    assert caught.value.info.data["retry_after"] == "7"
    assert "HTTP 429" in caught.value.info.detail
    assert f"req_{len(service.requests)}" in caught.value.info.detail


@pytest.mark.parametrize("answer", ["lost", "failed", "garbled"])
async def test_a_run_whose_beginning_was_lost_is_found_and_not_asked_for_again(
    service: ResponsesUnderTest, answer: str
) -> None:
    service.will(Say("Hello."))
    chat = await Chat.begin(service.backend)
    refused = None if answer == "lost" else refusal.server_failed(service.dialect)
    if answer == "garbled":
        service.cut_stream_after(0)
    else:
        service.fail("POST", "/responses", refused, is_done=True)
    try:
        run = await cut_off(chat.start())
    except DeskError as error:
        assert error.code is ErrorCode.SERVER_FAILED  # noqa: PT017 - only one of the three ways raises
        run = await reduced(chat.follow(await service.backend.find_run(chat.thread_id, "client_run")))
    if not run.state.is_final:
        run = await reduced(chat.follow(await service.backend.find_run(chat.thread_id, "client_run")), run)
    assert run.state is RunState.COMPLETED
    assert len(service.asked("POST", "/responses")) == 1
    assert len(service.responses) == 1


async def test_a_run_is_found_after_a_restart_too(service: ResponsesUnderTest) -> None:
    service.will(Say("Hello."))
    chat = await Chat.begin(service.backend)
    service.fail("POST", "/responses", is_done=True)
    await cut_off(chat.start())
    again = service.connect()
    found = await again.find_run(chat.thread_id, "client_run")
    run = await reduced(again.follow_run(chat.thread_id, found))
    await again.aclose()
    assert (run.state, words(run)) == (RunState.COMPLETED, "Hello.")
    assert len(service.asked("POST", "/responses")) == 1


@pytest.mark.parametrize("is_lost", [True, False])
async def test_complaint_15_a_question_whose_answer_was_lost_is_there_once(
    service: ResponsesUnderTest, *, is_lost: bool
) -> None:
    chat = await Chat.begin(service.backend)
    answer = None if is_lost else refusal.server_failed(service.dialect)
    service.fail("POST", "/conversations/[^/]+/items", answer, is_done=True)
    first = await chat.say("More", "client_more")
    again = service.connect()
    assert await again.add_message(chat.thread_id, "More", (), "client_more") == first
    copy = await again.read_thread(chat.thread_id)
    await again.aclose()
    assert [item.text for item in copy.items if isinstance(item, Question)] == ["Plot it", "More"]


async def test_a_question_that_did_not_arrive_is_an_error_and_can_be_sent_again(service: ResponsesUnderTest) -> None:
    chat = await Chat.begin(service.backend)
    service.fail("POST", "/conversations/[^/]+/items", refusal.server_failed(service.dialect))
    with pytest.raises(DeskError) as caught:
        await chat.say("More", "client_more")
    assert caught.value.code is ErrorCode.SERVER_FAILED
    await chat.say("More", "client_more")
    copy = await service.backend.read_thread(chat.thread_id)
    assert [item.text for item in copy.items if isinstance(item, Question)] == ["Plot it", "More"]


async def test_what_may_be_done_twice_is_tried_again(service: ResponsesUnderTest) -> None:
    service.fail("GET", "/models", refusal.server_failed(service.dialect, 503))
    assert [model.id for model in await service.backend.list_models()] == ["scripted"]
    assert len(service.asked("GET", "/models")) == 2


@pytest.mark.parametrize(
    ("dialect", "path", "model", "code"),
    [
        (Dialect.OPENAI, "", "nobody", ErrorCode.MODEL_NOT_FOUND),
        (Dialect.AZURE, "", "nobody", ErrorCode.MODEL_NOT_FOUND),
        (Dialect.OPENAI, "/nowhere", "scripted", ErrorCode.ADDRESS_INVALID),
        (Dialect.AZURE, "/nowhere", "scripted", ErrorCode.ADDRESS_INVALID),
        (Dialect.FOUNDRY, "/nowhere", "scripted", ErrorCode.ADDRESS_INVALID),
    ],
)
async def test_a_connections_test_says_what_is_wrong(dialect: Dialect, path: str, model: str, code: ErrorCode) -> None:
    async with under_test(dialect) as service:
        backend = service.connect(path=path)
        report = await backend.check(model)
        await backend.aclose()
    assert report.error is not None
    assert report.error.code is code


async def test_a_connections_test_tells_a_permission_from_a_key(service: ResponsesUnderTest) -> None:
    service.fail("POST", "/responses", refusal.forbidden(service.dialect))
    report = await service.backend.check("scripted")
    assert report.error is not None
    assert report.error.code is ErrorCode.FORBIDDEN
    assert report.models == ("scripted",)


async def test_a_key_that_a_service_echoes_stays_out_of_the_error() -> None:
    async with under_test(Dialect.OPENAI) as service:
        backend = service.connect("sk-a-very-secret-key")
        with pytest.raises(DeskError) as caught:
            await backend.create_thread("client_thread")
        await backend.aclose()
    assert "Incorrect API key" in caught.value.info.detail
    assert "very-secret" not in repr(caught.value.info)
