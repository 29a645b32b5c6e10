"""The small parts of the Responses backend: ids, pictures, messages, requests, threads read back."""

import pytest

from desktop_app.backends.responses.container import Place
from desktop_app.backends.responses.message import message, messages_before
from desktop_app.backends.responses.picture import Pictures
from desktop_app.backends.responses.request import Requests
from desktop_app.backends.responses.source import ContainerFile, InlinePicture, UploadedFile, file_id_of
from desktop_app.backends.responses.thread_copy import thread_copy
from desktop_app.domain.connection import Connection, ConnectionKind
from desktop_app.domain.entity import Assistant, Question, Run, RunState, StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import RunRequest
from tests.unit.backends.responses.wire import Json, code, logs, reasoning, source
from tests.unit.backends.responses.wire import message as answer

OPENAI = Connection("cloud", ConnectionKind.OPENAI, "OpenAI", "https://api.example.org/v1")
REQUEST = RunRequest("conv_1", "assistant", Assistant("assistant", "Analyst", instructions="Be brief."), "m", "run_1")
PLACE = Place("cntr_1", "cntr_1", ("/mnt/data/1-a.csv",), is_new=True)


@pytest.mark.parametrize(
    ("remote_id", "kind"),
    [
        ("file-1", UploadedFile("file-1")),
        ("cntr_1/cfile_1", ContainerFile("cntr_1", "cfile_1")),
        ("resp_1/ci_1/0", InlinePicture("resp_1", "ci_1", 0)),
        ("conv_1/ci_1/2", InlinePicture("conv_1", "ci_1", 2)),
        ("a/b/c", UploadedFile("a/b/c")),
        ("", UploadedFile("")),
    ],
)
def test_an_id_says_what_kind_of_file_it_is(remote_id: str, kind: object) -> None:
    assert file_id_of(remote_id) == kind


def test_a_picture_is_read_again_where_its_run_is_kept() -> None:
    assert InlinePicture("conv_1", "ci_1", 0).is_in_conversation
    assert not InlinePicture("resp_1", "ci_1", 0).is_in_conversation


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        ("data:image/png;base64", "figure.png", "image/png"),
        ("data:image/svg+xml;base64", "figure.svg", "image/svg+xml"),
        ("data:image/png;charset=utf-8;base64", "figure.png", "image/png"),
    ],
)
def test_a_picture_that_came_inline_is_a_file(head: str, name: str, kind: str) -> None:
    picture = source("resp_1").picture("ci_1", 0, f"{head},aGVsbG8=")
    assert picture is not None
    assert (picture.name, picture.media_type, picture.size) == (name, kind, 5)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/a.png",
        "data:text/html;base64,aGk=",
        "data:image/png,aGk=",
        "data:image/../../etc/cron.d/x;base64,aGk=",
        "data:image/png",
        "",
    ],
)
def test_what_is_no_inline_picture_is_left_where_it_is(url: str) -> None:
    assert source("resp_1").picture("ci_1", 0, url) is None


def test_the_newest_pictures_are_kept() -> None:
    pictures = Pictures(room=10)
    pictures.keep("a", "12345")
    pictures.keep("b", "12345")
    pictures.keep("b", "54321")
    pictures.keep("c", "1")
    assert [pictures.get(file_id) for file_id in "abc"] == ["", "54321", "1"]


def file(name: str, media_type: str) -> StoredFile:
    return StoredFile(name, name, 1, media_type, remote_id=f"file-{name}", connection_id="cloud")


def test_complaint_11_only_pictures_go_to_the_model_itself() -> None:
    files = [
        file("a.csv", "text/csv"),
        file("b.png", "image/png"),
        file("c.xlsx", "application/x"),
        file("d.svg", "image/svg+xml"),
    ]
    first, named, *others = message("Look", files)["content"]
    assert first == {"type": "input_text", "text": "Look"}
    assert named["text"] == "Attached files, in /mnt/data: a.csv, b.png, c.xlsx, d.svg"
    assert others == [{"type": "input_image", "file_id": "file-b.png"}]


def test_a_message_without_words_is_one_all_the_same() -> None:
    assert [part["text"] for part in message("", ())["content"]] == [" "]
    assert [part["text"] for part in message("", [file("a.csv", "text/csv")])["content"]] == [
        "Attached files, in /mnt/data: a.csv"
    ]


def test_what_was_said_before_is_told_by_whom() -> None:
    question = Question("q", "thread", "What?", (), created_at=1.0)
    (told,) = messages_before([question])
    assert told == {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What?"}]}


def test_a_run_is_asked_for_with_its_definition_and_its_files() -> None:
    body = Requests(OPENAI).run(REQUEST, PLACE)
    assert body["tools"] == [{"type": "code_interpreter", "container": "cntr_1"}]
    assert body["instructions"] == "Be brief.\n\nThe person's files are at these paths:\n- /mnt/data/1-a.csv"
    assert (body["model"], body["conversation"], body["input"]) == ("m", "conv_1", [])
    assert (body["background"], body["stream"], body["store"]) == (True, True, True)
    assert body["metadata"] == {"client_id": "run_1", "container_sessions": "1"}


def test_an_agent_brings_everything_itself() -> None:
    connection = Connection("c", ConnectionKind.FOUNDRY, "F", "https://f.example.org", agent="analyst")
    body = Requests(connection).run(REQUEST, None)
    assert body["agent_reference"] == {"type": "agent_reference", "name": "analyst"}
    assert not {"model", "instructions", "tools", "reasoning"} & body.keys()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"param": "reasoning.summary", "message": "x"}, "reasoning"),
        ({"param": "include[0]", "message": "x"}, "include"),
        ({"param": "background", "message": "x"}, "background"),
        ({"message": "Unsupported parameter: 'reasoning.summary' is not supported with this model."}, "reasoning"),
        ({"message": "Background mode is not supported here."}, "background"),
    ],
)
def test_what_is_refused_is_left_out_from_then_on(data: dict[str, str], name: str) -> None:
    requests = Requests(OPENAI)
    body = requests.run(REQUEST, PLACE)
    other = requests.without_refused(body, DeskError(ErrorCode.REQUEST_REFUSED, **data))
    assert other == {key: value for key, value in body.items() if key != name}
    assert name not in requests.run(REQUEST, PLACE)


@pytest.mark.parametrize(
    "error",
    [
        DeskError(ErrorCode.REQUEST_REFUSED, param="model", message="'background' checks are running"),
        DeskError(ErrorCode.REQUEST_REFUSED, message="The input includes something."),
        DeskError(ErrorCode.RATE_LIMITED, param="background"),
        DeskError(ErrorCode.SERVER_FAILED, param="background"),
    ],
)
def test_another_refusal_is_one(error: DeskError) -> None:
    requests = Requests(OPENAI)
    assert requests.without_refused(requests.run(REQUEST, PLACE), error) is None


def test_a_thread_is_read_as_questions_and_runs() -> None:
    items: list[Json] = [
        {"id": "sys", "type": "message", "role": "system", "content": []},
        message("First\nline", [file("a.csv", "text/csv"), file("b.png", "image/png")]) | {"id": "m1"},
        reasoning("Hm."),
        code("ci_1", "completed", logs("2\n")),
        answer("Two."),
        message("Thanks", ()) | {"id": "m2"},
    ]
    copy = thread_copy({"id": "conv_1", "created_at": 5, "metadata": {}}, items, source("conv_1"))
    first, run, second = copy.items
    assert (copy.remote_id, copy.title, copy.created_at) == ("conv_1", "First", 5.0)
    assert isinstance(first, Question)
    assert (first.id, first.text, [one.remote_id for one in first.files]) == ("m1", "First\nline", ["file-b.png"])
    assert isinstance(run, Run)
    assert (run.question_id, run.state, len(run.items)) == ("m1", RunState.COMPLETED, 3)
    assert run.connection_id == "cloud"
    assert isinstance(second, Question)
    assert second.text == "Thanks"
