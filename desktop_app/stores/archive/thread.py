"""Threads: listed, hidden, removed."""

import sqlite3

from desktop_app.domain.entity import Thread
from desktop_app.stores.archive.passage import delete_passages, put_title
from desktop_app.stores.archive.row import clean, thread_from_row


def threads(connection: sqlite3.Connection, *, deleted: bool) -> tuple[Thread, ...]:
    """The deleted or the other ones, last used first."""
    rows = connection.execute(
        "SELECT t.id, title.text, t.assistant_id, t.created_at, t.updated_at, t.remote_id, t.busy, t.unread,"
        " t.connection_id"
        " FROM thread t JOIN passage title ON title.id = t.number << 32"
        " WHERE t.deleted = ? ORDER BY t.updated_at DESC, t.number DESC",
        (deleted,),
    )
    return tuple(thread_from_row(row) for row in rows)


def save_thread(connection: sqlite3.Connection, thread: Thread) -> None:
    """Creates or replaces a thread. A deleted one stays deleted."""
    number = connection.execute(
        "INSERT INTO thread (id, assistant_id, created_at, updated_at, remote_id, busy, unread, connection_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET assistant_id = excluded.assistant_id, created_at = excluded.created_at,"
        " updated_at = excluded.updated_at, remote_id = excluded.remote_id, busy = excluded.busy,"
        " unread = excluded.unread, connection_id = excluded.connection_id RETURNING number",
        (
            thread.id,
            thread.assistant_id,
            thread.created_at,
            thread.updated_at,
            thread.remote_id,
            thread.busy,
            thread.unread,
            thread.connection_id,
        ),
    ).fetchone()[0]
    put_title(connection, number, clean(thread.title))


def purge(connection: sqlite3.Connection, thread_id: str) -> None:
    """Removes a thread, if it is deleted. What only it used is for `remove_unused_files`.

    What services keep of it stays in `remote_thread`, until it is deleted there.
    """
    row = connection.execute("SELECT number FROM thread WHERE id = ? AND deleted", (thread_id,)).fetchone()
    if row is None:
        return
    delete_passages(connection, row[0])
    connection.execute("DELETE FROM draft WHERE thread_id = ?", (thread_id,))
    connection.execute("DELETE FROM thread WHERE number = ?", row)
