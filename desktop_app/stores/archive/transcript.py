"""Questions and runs, written and read."""

import json
import sqlite3

from desktop_app.domain.entity import (
    MessageState,
    Question,
    Run,
    RunItem,
    RunState,
    StoredFile,
    TranscriptItem,
    Usage,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.stores.archive.file import remember_files
from desktop_app.stores.archive.passage import delete_passage, put_passage
from desktop_app.stores.archive.row import (
    clean,
    error_from_json,
    error_to_json,
    is_final,
    item_from_json,
    item_text,
    item_to_json,
    limits_from_json,
    limits_to_json,
)


def save_question(connection: sqlite3.Connection, question: Question) -> None:
    """Creates or replaces a question; its place in the thread stays."""
    thread = _thread_number(connection, question.thread_id)
    old = connection.execute("SELECT passage, place FROM question WHERE id = ?", (question.id,)).fetchone()
    passage = put_passage(connection, thread, old and old[0], clean(question.text), is_final=True)
    connection.execute(
        "INSERT INTO question (id, thread, place, passage, created_at, state, error, remote_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, state = excluded.state,"
        " error = excluded.error, remote_id = excluded.remote_id",
        (
            question.id,
            thread,
            old[1] if old else _next_place(connection, thread),
            passage,
            question.created_at,
            question.state,
            error_to_json(question.error),
            question.remote_id,
        ),
    )
    remember_files(connection, question.files)
    connection.execute("DELETE FROM question_file WHERE question_id = ?", (question.id,))
    connection.executemany(
        "INSERT INTO question_file (question_id, place, file_id) VALUES (?, ?, ?)",
        [(question.id, place, file.id) for place, file in enumerate(question.files)],
    )


def save_run(connection: sqlite3.Connection, run: Run, written: Run | None) -> None:
    """Creates or replaces a run; its place in the thread stays.

    `written` is the run as it was last written, if that is known: items that are equal are not written again.
    """
    thread = _thread_number(connection, run.thread_id)
    old = connection.execute("SELECT place FROM run WHERE id = ?", (run.id,)).fetchone()
    connection.execute(
        "INSERT INTO run (id, thread, place, question_id, assistant_name, model, created_at, state, is_open,"
        " remote_id, error, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, container_sessions,"
        " ended_at, connection_id, limits)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET question_id = excluded.question_id, assistant_name = excluded.assistant_name,"
        " model = excluded.model, created_at = excluded.created_at, state = excluded.state,"
        " is_open = excluded.is_open, remote_id = excluded.remote_id, error = excluded.error,"
        " prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,"
        " cached_tokens = excluded.cached_tokens, reasoning_tokens = excluded.reasoning_tokens,"
        " container_sessions = excluded.container_sessions, ended_at = excluded.ended_at,"
        " connection_id = excluded.connection_id, limits = excluded.limits",
        (
            run.id,
            thread,
            old[0] if old else _next_place(connection, thread),
            run.question_id,
            clean(run.assistant_name),
            run.model,
            run.created_at,
            run.state,
            not run.state.is_final,
            run.remote_id,
            error_to_json(run.error),
            run.usage and run.usage.prompt_tokens,
            run.usage and run.usage.completion_tokens,
            run.usage.cached_tokens if run.usage else 0,
            run.usage.reasoning_tokens if run.usage else 0,
            run.usage.container_sessions if run.usage else 0,
            run.ended_at,
            run.connection_id,
            limits_to_json(run.limits),
        ),
    )
    known = written.items if written else ()
    # What ended unfinished with its run is as final as the rest, and has to be indexed then.
    has_ended = run.state.is_final and not (written and written.state.is_final)
    for place, item in enumerate(run.items):
        if place >= len(known) or (known[place] is not item and known[place] != item) or has_ended:
            _save_item(connection, thread, run, place, item)
    _delete_items(connection, run.id, len(run.items))


def transcript(connection: sqlite3.Connection, thread_id: str) -> tuple[TranscriptItem, ...]:
    """The whole thread in its order."""
    question_ids = connection.execute(
        "SELECT q.id FROM question q JOIN thread t ON t.number = q.thread WHERE t.id = ?",
        (thread_id,),
    ).fetchall()
    run_ids = connection.execute(
        "SELECT r.id FROM run r JOIN thread t ON t.number = r.thread WHERE t.id = ?",
        (thread_id,),
    ).fetchall()
    placed: list[tuple[int, TranscriptItem]] = [
        *_questions(connection, [row[0] for row in question_ids]),
        *_runs(connection, [row[0] for row in run_ids]),
    ]
    return tuple(item for _, item in sorted(placed, key=lambda pair: pair[0]))


def open_runs(connection: sqlite3.Connection) -> tuple[Run, ...]:
    """Runs whose state is not final, in threads that are not deleted; oldest first."""
    rows = connection.execute(
        "SELECT r.id FROM run r JOIN thread t ON t.number = r.thread WHERE r.is_open = 1 AND NOT t.deleted",
    ).fetchall()
    runs = (run for _, run in _runs(connection, [row[0] for row in rows]))
    return tuple(sorted(runs, key=lambda run: run.created_at))


def unsent_questions(connection: sqlite3.Connection) -> tuple[Question, ...]:
    """Questions that were being sent, or sent and nothing came after, in threads not deleted; oldest first."""
    rows = connection.execute(
        "SELECT q.id FROM question q JOIN thread t ON t.number = q.thread"
        " WHERE q.state IN ('written', 'sending') AND NOT t.deleted"
        " UNION SELECT q.id FROM question q JOIN thread t ON t.number = q.thread"
        " WHERE q.state = 'sent' AND NOT t.deleted"
        " AND NOT EXISTS (SELECT 1 FROM run r WHERE r.thread = q.thread AND r.place > q.place)"
        " AND NOT EXISTS (SELECT 1 FROM question n WHERE n.thread = q.thread AND n.place > q.place)",
    ).fetchall()
    questions = (question for _, question in _questions(connection, [row[0] for row in rows]))
    return tuple(sorted(questions, key=lambda question: question.created_at))


def _save_item(connection: sqlite3.Connection, thread: int, run: Run, place: int, item: RunItem) -> None:
    row = connection.execute("SELECT passage FROM item WHERE run_id = ? AND place = ?", (run.id, place)).fetchone()
    final = is_final(item) or run.state.is_final
    passage = put_passage(connection, thread, row and row[0], item_text(item), is_final=final)
    connection.execute(
        "INSERT INTO item (run_id, place, passage, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (run_id, place) DO UPDATE SET passage = excluded.passage, body = excluded.body",
        (run.id, place, passage, item_to_json(item)),
    )
    files = {file.id: file for file in files_of(item)}
    remember_files(connection, files.values())
    connection.execute("DELETE FROM item_file WHERE run_id = ? AND place = ?", (run.id, place))
    connection.executemany(
        "INSERT INTO item_file (run_id, place, file_id) VALUES (?, ?, ?)",
        [(run.id, place, file_id) for file_id in files],
    )


def _delete_items(connection: sqlite3.Connection, run_id: str, count: int) -> None:
    """Removes the items after the first `count`."""
    rows = connection.execute("SELECT passage FROM item WHERE run_id = ? AND place >= ?", (run_id, count)).fetchall()
    for (passage,) in rows:
        delete_passage(connection, passage)
    connection.execute("DELETE FROM item WHERE run_id = ? AND place >= ?", (run_id, count))


def _thread_number(connection: sqlite3.Connection, thread_id: str) -> int:
    row = connection.execute("SELECT number FROM thread WHERE id = ?", (thread_id,)).fetchone()
    if row is None:
        raise DeskError(ErrorCode.STORAGE_FAILED, f"no thread {thread_id}", reason="no_thread")
    return int(row[0])


def _next_place(connection: sqlite3.Connection, thread: int) -> int:
    """The next place in the order of a thread; times are no good for that, clocks are set back."""
    row = connection.execute(
        "SELECT max(coalesce((SELECT max(place) FROM question WHERE thread = :thread), 0),"
        " coalesce((SELECT max(place) FROM run WHERE thread = :thread), 0)) + 1",
        {"thread": thread},
    ).fetchone()
    return int(row[0])


def _questions(connection: sqlite3.Connection, ids: list[str]) -> list[tuple[int, Question]]:
    chosen = (json.dumps(ids),)
    files: dict[str, list[StoredFile]] = {}
    for question_id, *row in connection.execute(
        "SELECT u.question_id, f.id, f.name, f.size, f.media_type, f.sha256, f.remote_id, f.created_at,"
        " f.connection_id"
        " FROM question_file u JOIN file f ON f.id = u.file_id"
        " WHERE u.question_id IN (SELECT value FROM json_each(?)) ORDER BY u.question_id, u.place",
        chosen,
    ):
        files.setdefault(question_id, []).append(StoredFile(*row))
    return [
        (
            place,
            Question(
                id=question_id,
                thread_id=thread_id,
                text=text,
                files=tuple(files.get(question_id, ())),
                created_at=created_at,
                state=MessageState(state),
                error=error_from_json(error),
                remote_id=remote_id,
            ),
        )
        for place, question_id, thread_id, text, created_at, state, error, remote_id in connection.execute(
            "SELECT q.place, q.id, t.id, p.text, q.created_at, q.state, q.error, q.remote_id"
            " FROM question q JOIN thread t ON t.number = q.thread JOIN passage p ON p.id = q.passage"
            " WHERE q.id IN (SELECT value FROM json_each(?))",
            chosen,
        )
    ]


def _runs(connection: sqlite3.Connection, ids: list[str]) -> list[tuple[int, Run]]:
    items = _items(connection, ids)
    return [
        (
            row[0],
            Run(
                id=row[1],
                thread_id=row[2],
                question_id=row[3],
                assistant_name=row[4],
                model=row[5],
                created_at=row[6],
                state=RunState(row[7]),
                remote_id=row[8],
                items=tuple(items.get(row[1], ())),
                error=error_from_json(row[9]),
                usage=None if row[10] is None else Usage(*row[10:15]),
                ended_at=row[15],
                connection_id=row[16],
                limits=limits_from_json(row[17]),
            ),
        )
        for row in connection.execute(
            "SELECT r.place, r.id, t.id, r.question_id, r.assistant_name, r.model, r.created_at, r.state,"
            " r.remote_id, r.error, r.prompt_tokens, r.completion_tokens, r.cached_tokens, r.reasoning_tokens,"
            " r.container_sessions, r.ended_at, r.connection_id, r.limits"
            " FROM run r JOIN thread t ON t.number = r.thread WHERE r.id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
    ]


def _items(connection: sqlite3.Connection, run_ids: list[str]) -> dict[str, list[RunItem]]:
    """The items of each run, in their order."""
    chosen = (json.dumps(run_ids),)
    files = {
        row[0]: StoredFile(*row)
        for row in connection.execute(
            "SELECT DISTINCT f.id, f.name, f.size, f.media_type, f.sha256, f.remote_id, f.created_at,"
            " f.connection_id"
            " FROM item_file u JOIN file f ON f.id = u.file_id"
            " WHERE u.run_id IN (SELECT value FROM json_each(?))",
            chosen,
        )
    }
    items: dict[str, list[RunItem]] = {}
    for run_id, body, text in connection.execute(
        "SELECT i.run_id, i.body, p.text FROM item i JOIN passage p ON p.id = i.passage"
        " WHERE i.run_id IN (SELECT value FROM json_each(?)) ORDER BY i.run_id, i.place",
        chosen,
    ):
        items.setdefault(run_id, []).append(item_from_json(body, text, files))
    return items
