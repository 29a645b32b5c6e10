"""What is known of files. Their bytes are in `blob`."""

import sqlite3
from collections.abc import Iterable

from desktop_app.domain.entity import StoredFile
from desktop_app.stores.archive.row import file_to_row


def save_file(connection: sqlite3.Connection, file: StoredFile) -> None:
    """Creates or replaces a file's record."""
    connection.execute(
        "INSERT INTO file (id, name, size, media_type, sha256, remote_id, created_at, connection_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, size = excluded.size,"
        " media_type = excluded.media_type, sha256 = excluded.sha256, remote_id = excluded.remote_id,"
        " created_at = excluded.created_at, connection_id = excluded.connection_id",
        file_to_row(file),
    )


def remember_files(connection: sqlite3.Connection, files: Iterable[StoredFile]) -> None:
    """Like `save_file`, but a record whose bytes are here is not replaced by what was known before they came."""
    connection.executemany(
        "INSERT INTO file (id, name, size, media_type, sha256, remote_id, created_at, connection_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, size = excluded.size,"
        " media_type = excluded.media_type, sha256 = excluded.sha256, remote_id = excluded.remote_id,"
        " created_at = excluded.created_at, connection_id = excluded.connection_id"
        " WHERE excluded.sha256 <> '' OR file.sha256 = ''",
        [file_to_row(file) for file in files],
    )


def file_by_remote_id(connection: sqlite3.Connection, connection_id: str, remote_id: str) -> StoredFile | None:
    """The record of a service's file, rather one whose bytes are here."""
    row = connection.execute(
        "SELECT id, name, size, media_type, sha256, remote_id, created_at, connection_id FROM file"
        " WHERE connection_id = ? AND remote_id = ? AND remote_id <> '' ORDER BY sha256 = '' LIMIT 1",
        (connection_id, remote_id),
    ).fetchone()
    return None if row is None else StoredFile(*row)


def remove_unused_files(connection: sqlite3.Connection) -> None:
    """Removes the records of files that no message and no step names: of purged threads, of chips never sent.

    A file that waits in the composer is recorded again with its message.
    """
    connection.execute(
        "DELETE FROM file WHERE NOT EXISTS (SELECT 1 FROM question_file WHERE file_id = file.id)"
        " AND NOT EXISTS (SELECT 1 FROM item_file WHERE file_id = file.id)"
    )
