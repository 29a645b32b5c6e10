"""What a person set up to reach services, and what these keep."""

import sqlite3

from desktop_app.domain.connection import Connection, RemoteFile, RemoteThread
from desktop_app.stores.archive.row import connection_from_row, connection_to_row


def connections(database: sqlite3.Connection) -> tuple[Connection, ...]:
    """All of them, oldest first."""
    rows = database.execute(
        "SELECT id, kind, name, base_url, model, sign_in, agent, tenant, created_at"
        " FROM connection ORDER BY created_at, rowid"
    )
    return tuple(connection_from_row(row) for row in rows)


def save_connection(database: sqlite3.Connection, connection: Connection) -> None:
    """Creates or replaces one."""
    database.execute(
        "INSERT INTO connection (id, kind, name, base_url, model, sign_in, agent, tenant, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, base_url = excluded.base_url,"
        " model = excluded.model, sign_in = excluded.sign_in, agent = excluded.agent, tenant = excluded.tenant,"
        " created_at = excluded.created_at",
        connection_to_row(connection),
    )


def delete_connection(database: sqlite3.Connection, connection_id: str) -> None:
    """Removes one, and what it called its assistants. Threads, runs and files go on naming it."""
    database.execute("DELETE FROM connection WHERE id = ?", (connection_id,))
    database.execute("DELETE FROM remote_assistant WHERE connection_id = ?", (connection_id,))


def save_remote_thread(database: sqlite3.Connection, thread: RemoteThread) -> None:
    """Creates or replaces what is known of a service's thread."""
    database.execute(
        "INSERT OR REPLACE INTO remote_thread (connection_id, remote_id, thread_id, created_at) VALUES (?, ?, ?, ?)",
        (thread.connection_id, thread.remote_id, thread.thread_id, thread.created_at),
    )


def remote_threads(database: sqlite3.Connection) -> tuple[RemoteThread, ...]:
    """Those of all services, oldest first."""
    rows = database.execute(
        "SELECT connection_id, remote_id, thread_id, created_at FROM remote_thread"
        " ORDER BY created_at, connection_id, remote_id"
    )
    return tuple(RemoteThread(*row) for row in rows)


def save_remote_file(database: sqlite3.Connection, file: RemoteFile) -> None:
    """Creates or replaces what is known of an upload."""
    database.execute(
        "INSERT OR REPLACE INTO remote_file (connection_id, remote_id, file_id) VALUES (?, ?, ?)",
        (file.connection_id, file.remote_id, file.file_id),
    )


def remote_files(database: sqlite3.Connection) -> tuple[RemoteFile, ...]:
    """Those of all services."""
    rows = database.execute("SELECT connection_id, remote_id, file_id FROM remote_file")
    return tuple(RemoteFile(*row) for row in rows)


def delete_remote_file(database: sqlite3.Connection, connection_id: str, remote_id: str) -> None:
    """Forgets an upload, wherever it is named."""
    named = (connection_id, remote_id)
    database.execute("DELETE FROM remote_file WHERE connection_id = ? AND remote_id = ?", named)
    database.execute("UPDATE file SET remote_id = '' WHERE connection_id = ? AND remote_id = ?", named)
