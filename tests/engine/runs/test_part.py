"""Links, errors, streams and models: the small parts of a run."""

import json

import pytest

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.runs import channel as module
from desktop_app.engine.runs.channel import DONE, Channel
from desktop_app.engine.runs.failure import ERROR_KEY, last_error, with_error
from desktop_app.engine.runs.link import annotations
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.runs.router import ANALYST, Endpoint, ModelRouter
from tests.engine.script import ScriptedModel

FILES = {"a.csv": "1", "a.csv.zip": "2", "my plot (2).png": "3", "ä.txt": "4"}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[a](sandbox:/mnt/data/a.csv)", [("sandbox:/mnt/data/a.csv", "1")]),
        ("see sandbox:/mnt/data/a.csv.", [("sandbox:/mnt/data/a.csv", "1")]),
        ("sandbox:/mnt/data/a.csv.zip", [("sandbox:/mnt/data/a.csv.zip", "2")]),
        ("sandbox:/mnt/data/a.csv.bak", []),
        ("sandbox:/mnt/data/sub/a.csv", []),
        ("[p](<sandbox:/mnt/data/my plot (2).png>)", [("sandbox:/mnt/data/my plot (2).png", "3")]),
        ("[p](sandbox:/mnt/data/my%20plot%20%282%29.png)", [("sandbox:/mnt/data/my%20plot%20%282%29.png", "3")]),
        ("sandbox:/mnt/data/ä.txt sandbox:/mnt/data/%C3%A4.txt", [("sandbox:/mnt/data/ä.txt", "4")] * 2),
        ("/mnt/data/a.csv and sandbox:/mnt/data/none.csv", []),
    ],
)
def test_complaint_14_links_to_files_are_found(text: str, links: list[tuple[str, str]]) -> None:
    found = annotations(text, FILES)
    assert [link["file_path"]["file_id"] for link in found] == [file_id for _, file_id in links]
    assert all(text[link["start_index"] : link["end_index"]] == link["text"] for link in found)
    assert [link["text"] for link in found][:1] == [written for written, _ in links][:1]


def test_an_error_fits_into_metadata_however_long_it_is() -> None:
    info = ErrorInfo(ErrorCode.SERVER_FAILED, {"message": "ä\n" * 1000, "model": "m"})
    value = with_error({"client": "1"}, info)[ERROR_KEY]
    assert len(value) <= 512
    error = json.loads(value)
    assert (error["code"], error["data"]["model"]) == ("server_failed", "m")
    assert error["data"]["message"].startswith("ä\nä")


def test_an_error_never_pushes_the_clients_metadata_out() -> None:
    metadata = {f"{number}": "x" for number in range(16)}
    assert with_error(metadata, ErrorInfo(ErrorCode.TIMED_OUT)) == metadata


def test_every_error_has_a_message() -> None:
    assert all(last_error(ErrorInfo(code))["message"] for code in ErrorCode)


async def test_a_reader_who_falls_far_behind_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BACKLOG", 3)
    channel = Channel()
    slow, quick = channel.subscribe("r"), channel.subscribe("r")
    names = []
    for number in range(5):
        channel.publish("r", f"{number}", {})
        following = await quick.next()
        names.append(following and following.name)
    channel.close("r", done=True)
    assert names == ["0", "1", "2", "3", "4"]
    assert await quick.next() == DONE
    assert [(await slow.next()) is not None for _ in range(4)] == [True, True, True, False]


async def _no_list(_base_url: str, _key: str) -> tuple[str, ...]:
    raise DeskError(ErrorCode.CONNECTION_FAILED)


async def test_a_run_waits_for_its_endpoint_to_come_back() -> None:
    router = ModelRouter(ScriptedModel(), lambda _url, _key: ScriptedModel(), _no_list)
    with pytest.raises(RefusalError):
        router.check("local")
    with pytest.raises(DeskError) as caught:
        await router.wait_for("local", seconds=0.01)
    router.use_endpoint(Endpoint("http://a/v1", "secret", "local"))
    router.check("local")
    await router.wait_for("local")
    await router.wait_for(ANALYST)
    assert caught.value.code is ErrorCode.MODEL_NOT_FOUND
    assert "secret" not in repr(Endpoint("http://a/v1", "secret"))
    assert await router.models() == (ANALYST, "local")
    router.use_endpoint(None)
    assert await router.models() == (ANALYST,)
