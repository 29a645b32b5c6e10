"""Who is let in, what is answered to nonsense, and what happens to odd uploads."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from desktop_app.engine.http.guard import Guard
from desktop_app.engine.http.upload import base_name
from tests.engine.running import KEY, Running, running
from tests.engine.script import ScriptedInterpreter, ScriptedModel

BEARER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, ScriptedModel(), ScriptedInterpreter()) as opened:
        yield opened


@pytest.fixture
async def http(engine: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=engine.base_url) as client:
        yield client


WRONG_KEYS = [
    b"",
    KEY.encode(),
    b"Bearer",
    b"Bearer wrong",
    f"Bearer {KEY}x".encode(),
    f"Basic {KEY}".encode(),
    b"Bearer \xe4",
]


async def test_without_the_key_nothing_is_answered(http: httpx2.AsyncClient) -> None:
    for authorization in WRONG_KEYS:
        response = await http.get("/models", headers={b"Authorization": authorization})
        error = response.json()["error"]
        assert (response.status_code, error["code"], error["type"]) == (401, "invalid_api_key", "invalid_request_error")
        assert KEY not in response.text


WRONG_HOSTS = ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "192.168.0.9"]


async def test_a_rebound_name_is_refused_even_with_the_key(http: httpx2.AsyncClient) -> None:
    for host in WRONG_HOSTS:
        response = await http.get("/models", headers={**BEARER, "Host": host})
        assert response.status_code in (400, 421)


RIGHT_HOSTS = ["localhost", "localhost:1", "127.0.0.1:80", "[::1]:80", "LOCALHOST"]


async def test_the_loopback_has_several_names(http: httpx2.AsyncClient) -> None:
    for host in RIGHT_HOSTS:
        assert (await http.get("/models", headers={**BEARER, "Host": host})).status_code == 200


def test_an_engine_that_listens_everywhere_is_reached_by_number() -> None:
    async def app(*_: object) -> None:
        pass

    guard = Guard(app, host="0.0.0.0", api_key=KEY)  # noqa: S104 - nothing is bound here
    assert guard._knows("192.168.0.9")
    assert not guard._knows("evil.example")


UNKNOWN = [
    ("GET", "/nothing", 404),
    ("GET", "/threads", 405),
    ("PUT", "/assistants", 405),
    ("GET", "/files/file-x", 404),
    ("GET", "/files/..%2F..%2Fetc%2Fpasswd/content", 404),
    ("DELETE", "/files/file-x", 404),
    ("POST", "/threads/thread_x/runs", 404),
    ("GET", "/threads/thread_x/runs/run_x/steps", 404),
    ("POST", "/threads/thread_x/runs/run_x/cancel", 404),
]


async def test_what_does_not_exist_is_answered_in_openais_shape(http: httpx2.AsyncClient) -> None:
    for method, path, status in UNKNOWN:
        response = await http.request(
            method, path, headers=BEARER, json={"assistant_id": "a"} if method == "POST" else None
        )
        assert response.status_code == status
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}
        assert response.headers["x-request-id"].startswith("req_")


WRONG_BODIES = [b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b'{"model": "m", "temperature": NaN}']


async def test_a_body_that_is_no_json_object_is_refused(http: httpx2.AsyncClient) -> None:
    for body in WRONG_BODIES:
        response = await http.post("/assistants", headers=BEARER, content=body)
        assert (response.status_code, response.json()["error"]["type"]) == (400, "invalid_request_error")


async def test_a_huge_body_is_refused_before_it_is_there(http: httpx2.AsyncClient) -> None:
    response = await http.post("/threads", headers=BEARER, content=b"x" * (17 * 1024**2))
    assert response.status_code == 413


async def test_no_page_of_another_origin_is_let_in(http: httpx2.AsyncClient) -> None:
    response = await http.get("/models", headers={**BEARER, "Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in response.headers


async def test_a_file_is_uploaded_listed_read_and_deleted(engine: Running, tmp_path: Path) -> None:
    files, data = engine.client.files, bytes(range(256)) * 20_000
    one = await files.create(file=("ünï 1.csv", data), purpose="assistants")
    same = await files.create(file=("b.csv", data), purpose="vision")
    assert (one.filename, one.bytes, one.status) == ("ünï 1.csv", len(data), "processed")
    assert await files.retrieve(one.id) == one
    assert [file.id async for file in files.list(purpose="vision")] == [same.id]
    assert [file.id async for file in files.list(limit=1, order="asc")] == [one.id, same.id]
    assert (await files.content(one.id)).content == data
    await files.delete(one.id)
    assert (await files.content(same.id)).content == data
    await files.delete(same.id)
    with pytest.raises(NotFoundError):
        await files.content(same.id)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("a\x00b\nc.csv", "abc.csv"),
        ("..", "file"),
        ("", "file"),
        ("ä" * 200 + ".csv", "ä" * 125 + ".csv"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_a_file_name_leads_nowhere(name: str, kept: str) -> None:
    assert base_name(name) == kept


async def test_an_upload_with_a_path_in_its_name_stays_where_it_belongs(engine: Running, tmp_path: Path) -> None:
    made = await engine.client.files.create(file=("../../../escaped.csv", b"x"), purpose="assistants")
    assert made.filename == "escaped.csv"
    assert not list(tmp_path.parent.rglob("escaped.csv"))


WRONG_UPLOADS = [
    ("application/json", b"{}"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"x"),
    (f"multipart/form-data; boundary={'b' * 300}", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n--b--\r\n"),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n',
    ),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n' + b"x" * 5000 + b"\r\n--b--\r\n",
    ),
]


async def test_an_odd_upload_is_refused_and_leaves_nothing(http: httpx2.AsyncClient, tmp_path: Path) -> None:
    for content_type, body in WRONG_UPLOADS:
        response = await http.post("/files", headers={**BEARER, "Content-Type": content_type}, content=body)
        assert response.status_code == 400
        assert list((tmp_path / "blobs" / "scratch").iterdir()) == []


async def test_an_empty_file_and_an_unknown_purpose_are_refused(engine: Running) -> None:
    with pytest.raises(BadRequestError, match=r"File is empty: 'a\.csv'"):
        await engine.client.files.create(file=("a.csv", b""), purpose="assistants")
    with pytest.raises(BadRequestError, match="Invalid value: 'batch'"):
        await engine.client.files.create(file=("a.csv", b"x"), purpose="batch")


async def test_a_file_beyond_the_limit_is_refused(engine: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.engine.storage.blob.MAX_FILE_BYTES", 1000)
    async with AsyncOpenAI(base_url=engine.base_url, api_key=KEY, max_retries=0) as client:
        with pytest.raises(Exception, match="too large") as caught:
            await client.files.create(file=("a.csv", b"x" * 1001), purpose="assistants")
    assert getattr(caught.value, "status_code", None) == 413
