"""The test of a connection says precisely what is wrong."""

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.scripted_service import Reply, Request, ScriptedService, as_events, as_json
from tests.contract.wire import EMPTY, refusal, run

MODELS = as_json({"data": [{"id": "a"}, {"id": "b"}]})


class Answers:
    """A service that has models and assistants, and answers a run as it is told."""

    def __init__(self, run: Reply, models: Reply = MODELS, assistants: Reply | None = None) -> None:
        self._run = run
        self._models = models
        self._assistants = assistants or as_json(EMPTY)

    def __call__(self, request: Request) -> Reply:
        match request.method, request.path.partition("?")[0].removeprefix("/v1"):
            case "GET", "/assistants":
                return self._assistants
            case "GET", "/models":
                return self._models
            case "POST", "/threads/it/runs":
                return self._run
            case _:
                return as_json({"id": "it"})


def ended(status: str, **fields: object) -> Reply:
    return as_events(("thread.run.created", run("queued")), (f"thread.run.{status}", run(status, **fields)))


def failed(code: str, message: str) -> Reply:
    return ended("failed", last_error={"code": code, "message": message})


FINE = ended("completed")


@pytest.mark.parametrize("reply", [FINE, ended("incomplete", incomplete_details={"reason": "max_completion_tokens"})])
async def test_a_model_that_answers_is_fine_and_nothing_is_left(
    service: ScriptedService, backend: AssistantsBackend, reply: Reply
) -> None:
    service.will_answer(Answers(reply))
    report = await backend.check("a")
    assert (report.models, report.error, report.is_model_tested) == (("a", "b"), None, True)
    assert [request.path for request in service.requests if request.method == "DELETE"] == [
        "/v1/threads/it",
        "/v1/assistants/it",
    ]


async def test_without_a_model_nothing_is_made(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(Answers(FINE))
    report = await backend.check("")
    assert (report.models, report.error, report.is_model_tested) == (("a", "b"), None, False)
    assert {request.method for request in service.requests} == {"GET"}


@pytest.mark.parametrize("models", [refusal(404), refusal(403), Reply(404, b"")])
async def test_a_service_without_a_list_of_models_is_fine(
    service: ScriptedService, backend: AssistantsBackend, models: Reply
) -> None:
    service.will_answer(Answers(FINE, models))
    report = await backend.check("a")
    assert (report.models, report.error) == ((), None)


async def test_an_address_that_is_wrong_is_not_a_service_without_models(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(Reply(200, b"<html></html>"))
    with pytest.raises(DeskError) as caught:
        await backend.list_models()
    assert caught.value.code is ErrorCode.ADDRESS_INVALID


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refusal(404, "DeploymentNotFound"), ErrorCode.MODEL_NOT_FOUND),
        (failed("server_error", "The model `a` does not exist or you do not have access."), ErrorCode.MODEL_NOT_FOUND),
        (failed("rate_limit_exceeded", "You exceeded your current quota."), ErrorCode.QUOTA_EXHAUSTED),
        (failed("rate_limit_exceeded", "Slow down."), ErrorCode.RATE_LIMITED),
        (failed("server_error", "Sorry."), ErrorCode.RUN_FAILED),
        (ended("expired"), ErrorCode.RUN_EXPIRED),
        (ended("cancelled"), ErrorCode.RUN_FAILED),
        (as_events(), ErrorCode.STREAM_DROPPED),
    ],
)
async def test_a_model_that_does_not_answer_says_why_and_nothing_is_left(
    service: ScriptedService, backend: AssistantsBackend, reply: Reply, code: ErrorCode
) -> None:
    service.will_answer(Answers(reply))
    report = await backend.check("a")
    assert report.error is not None
    assert (report.error.code, report.is_model_tested) == (code, False)
    assert report.models == ("a", "b")
    assert [request.method for request in service.requests][-2:] == ["DELETE", "DELETE"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refusal(401, "invalid_api_key"), ErrorCode.UNAUTHORIZED),
        (refusal(403), ErrorCode.FORBIDDEN),
        (refusal(404, "404", "Resource not found"), ErrorCode.ADDRESS_INVALID),
        (refusal(410, message="The Assistants API has been shut down."), ErrorCode.SERVICE_RETIRED),
        (refusal(429, "rate_limit_exceeded"), ErrorCode.RATE_LIMITED),
        (Reply(200, b"<html></html>"), ErrorCode.ADDRESS_INVALID),
    ],
)
async def test_a_service_that_does_not_let_us_in_says_why_at_once(
    service: ScriptedService, backend: AssistantsBackend, reply: Reply, code: ErrorCode
) -> None:
    service.will_answer(Answers(FINE, assistants=reply))
    report = await backend.check("a")
    assert report.error is not None
    assert report.error.code is code
    assert len(service.requests) == 1
