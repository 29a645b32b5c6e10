"""Searchable text, and its index."""

import sqlite3

_THREAD_SHIFT = 32


def put_title(connection: sqlite3.Connection, thread: int, text: str) -> None:
    """Stores a thread's title as its passage number 0."""
    _put(connection, thread << _THREAD_SHIFT, text, is_indexed=True)


def put_passage(connection: sqlite3.Connection, thread: int, passage: int | None, text: str, *, is_final: bool) -> int:
    """Stores a text of the thread with this number and returns its id.

    `passage` is the id it has, or None for a new one. It is indexed only if it `is_final`: will hardly change any more.
    """
    if passage is None:
        first = thread << _THREAD_SHIFT
        row = connection.execute(
            "SELECT max(id) + 1 FROM passage WHERE id BETWEEN ? AND ?",
            (first, first + (1 << _THREAD_SHIFT) - 1),
        ).fetchone()
        passage = first + 1 if row[0] is None else int(row[0])
    _put(connection, passage, text, is_indexed=is_final)
    return passage


def delete_passage(connection: sqlite3.Connection, passage: int) -> None:
    """Forgets one passage."""
    _delete(connection, passage, passage)


def delete_passages(connection: sqlite3.Connection, thread: int) -> None:
    """Forgets everything that a thread said."""
    first = thread << _THREAD_SHIFT
    _delete(connection, first, first + (1 << _THREAD_SHIFT) - 1)


def _delete(connection: sqlite3.Connection, first: int, last: int) -> None:
    connection.execute(
        "INSERT INTO passage_index (passage_index, rowid, text)"
        " SELECT 'delete', id, text FROM passage WHERE id BETWEEN ? AND ? AND is_indexed",
        (first, last),
    )
    connection.execute("DELETE FROM passage WHERE id BETWEEN ? AND ?", (first, last))


def _put(connection: sqlite3.Connection, passage: int, text: str, *, is_indexed: bool) -> None:
    old = connection.execute("SELECT text, is_indexed FROM passage WHERE id = ?", (passage,)).fetchone()
    if old == (text, is_indexed):
        return
    if old is not None and old[1]:
        # An external content index forgets a text only if it is told what the text was.
        connection.execute(
            "INSERT INTO passage_index (passage_index, rowid, text) VALUES ('delete', ?, ?)",
            (passage, old[0]),
        )
    connection.execute(
        "INSERT INTO passage (id, text, is_indexed) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET text = excluded.text, is_indexed = excluded.is_indexed",
        (passage, text, is_indexed),
    )
    if is_indexed:
        connection.execute("INSERT INTO passage_index (rowid, text) VALUES (?, ?)", (passage, text))
