"""What the archive knows of services: how to reach them, and what they keep."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.connection import Connection, ConnectionKind, RemoteFile, RemoteThread, SignIn
from desktop_app.domain.entity import Question, Run, StoredFile, Thread
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.stores.archive import SqliteArchive
from tests.unit.stores.conftest import THREAD

AZURE = Connection(
    "azure_1",
    ConnectionKind.AZURE,
    "Work",
    "https://contoso.openai.azure.com/openai/v1",
    "analyst-deployment",
    SignIn.KEY,
    created_at=5.0,
)
FOUNDRY = Connection(
    "foundry_1",
    ConnectionKind.FOUNDRY,
    "Project",
    "https://contoso.services.ai.azure.com/api/projects/p/openai/v1",
    sign_in=SignIn.DEVICE_CODE,
    agent="analyst",
    tenant="contoso.example",
    created_at=4.0,
)
REMOTE = RemoteThread("azure_1", "conv_1", THREAD.id, 3.0)
UPLOADED = StoredFile("file_1", "data.csv", 3, "text/csv", "a" * 64, "file-1", 5.0, "azure_1")
QUESTION = Question("question", THREAD.id, "How many?", (UPLOADED,), 10.0)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
connections = st.builds(
    Connection,
    id=st.just("one"),
    kind=st.sampled_from(ConnectionKind),
    name=texts,
    base_url=texts,
    model=texts,
    sign_in=st.sampled_from(SignIn),
    agent=texts,
    tenant=texts,
    created_at=st.floats(0, 4e9),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(connections, min_size=1, max_size=3))
async def test_a_connection_comes_back_as_it_was_last_saved(archive: SqliteArchive, versions: list[Connection]) -> None:
    for version in versions:
        await archive.save_connection(version)
    assert await archive.connections() == (versions[-1],)


async def test_connections_come_oldest_first_also_when_one_is_edited(archive: SqliteArchive) -> None:
    await archive.save_connection(AZURE)
    twin = replace(AZURE, id="azure_2", name="Work, too")
    await archive.save_connection(twin)
    await archive.save_connection(FOUNDRY)
    edited = replace(AZURE, name="Office")
    await archive.save_connection(edited)
    assert await archive.connections() == (FOUNDRY, edited, twin)


async def test_a_removed_connection_leaves_the_threads_and_what_the_service_keeps(archive: SqliteArchive) -> None:
    thread = replace(THREAD, connection_id="azure_1", remote_id="conv_1")
    run = Run("run", THREAD.id, QUESTION.id, "Analyst", "m", 11.0, connection_id="azure_1")
    for connection in (AZURE, FOUNDRY):
        await archive.save_connection(connection)
        await archive.save_remote_assistant_id(connection.id, "assistant", "asst_1")
    await archive.save_remote_thread(REMOTE)
    await archive.save_thread(thread)
    await archive.save_question(QUESTION)
    await archive.save_run(run)
    await archive.delete_connection("azure_1")
    await archive.delete_connection("azure_1")
    assert await archive.connections() == (FOUNDRY,)
    assert await archive.threads() == (thread,)
    assert await archive.transcript(THREAD.id) == (QUESTION, run)
    assert await archive.remote_threads() == (REMOTE,)
    assert await archive.remote_assistant_id("azure_1", "assistant") == ""
    assert await archive.remote_assistant_id("foundry_1", "assistant") == "asst_1"


async def test_what_a_service_keeps_is_known_until_it_is_deleted_there(archive: SqliteArchive) -> None:
    older = RemoteThread("foundry_1", "conv_1", THREAD.id, 2.0)  # the thread was switched to another service
    await archive.save_remote_thread(REMOTE)
    await archive.save_remote_thread(older)
    await archive.save_remote_thread(REMOTE)
    await archive.delete_thread(THREAD.id)
    await archive.purge_deleted([THREAD.id])
    assert await archive.remote_threads() == (older, REMOTE)
    await archive.delete_remote_thread("foundry_1", "conv_1")
    await archive.delete_remote_thread("foundry_1", "conv_1")
    assert await archive.remote_threads() == (REMOTE,)


async def test_the_same_file_id_on_two_services_is_two_files(archive: SqliteArchive) -> None:
    other = replace(UPLOADED, id="file_2", connection_id="foundry_1")
    await archive.save_file(UPLOADED)
    await archive.save_file(other)
    assert await archive.file_by_remote_id("azure_1", "file-1") == UPLOADED
    assert await archive.file_by_remote_id("foundry_1", "file-1") == other
    assert await archive.file_by_remote_id("engine", "file-1") is None


async def test_a_file_that_was_uploaded_again_has_the_new_id_on_the_new_service(archive: SqliteArchive) -> None:
    await archive.save_question(QUESTION)
    moved = replace(UPLOADED, connection_id="foundry_1", remote_id="file-9")
    await archive.save_file(moved)
    assert await archive.transcript(THREAD.id) == (replace(QUESTION, files=(moved,)),)


async def test_every_upload_is_known_until_it_is_deleted_there(archive: SqliteArchive) -> None:
    first, second = RemoteFile("azure_1", "file-1", UPLOADED.id), RemoteFile("foundry_1", "file-1", UPLOADED.id)
    await archive.save_question(replace(QUESTION, files=(UPLOADED,)))
    for upload in (first, second, first):
        await archive.save_remote_file(upload)
    await archive.delete_thread(THREAD.id)
    await archive.purge_deleted([THREAD.id])
    assert await archive.remote_files() == (first, second)
    for _ in range(2):
        await archive.delete_remote_file("azure_1", "file-1")
    assert await archive.remote_files() == (second,)


async def test_a_file_that_was_deleted_on_its_service_has_no_id_there(archive: SqliteArchive) -> None:
    await archive.save_question(replace(QUESTION, files=(UPLOADED,)))
    await archive.delete_remote_file("azure_1", UPLOADED.remote_id)
    assert await archive.transcript(THREAD.id) == (replace(QUESTION, files=(replace(UPLOADED, remote_id=""),)),)


async def test_a_thread_is_added_with_all_it_holds(archive: SqliteArchive) -> None:
    thread = Thread("copy", "Imported", "assistant", 1.0, 9.0, "thread_9", connection_id="azure_1")
    question = replace(QUESTION, thread_id="copy")
    run = Run("run", "copy", QUESTION.id, "Analyst", "m", 11.0)
    await archive.add_thread(thread, (question, run))
    assert await archive.threads() == (thread, THREAD)
    assert await archive.transcript("copy") == (question, run)
    assert await archive.remote_threads() == (RemoteThread("azure_1", "thread_9", "copy", 1.0),)
    assert await archive.remote_files() == (RemoteFile("azure_1", UPLOADED.remote_id, UPLOADED.id),)


async def test_a_thread_that_cannot_be_added_whole_is_not_added(archive: SqliteArchive) -> None:
    thread = Thread("copy", "Imported", "assistant", 1.0, 9.0, "thread_9")
    stray = replace(QUESTION, thread_id="nobody")
    with pytest.raises(DeskError) as caught:
        await archive.add_thread(thread, (replace(QUESTION, id="q", thread_id="copy"), stray))
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert await archive.threads() == (THREAD,)
    assert await archive.remote_threads() == ()
    assert await archive.search("imported") == ()
