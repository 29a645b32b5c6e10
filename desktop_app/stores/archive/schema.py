"""The tables, and how an older database becomes one of today.

Every text that can be searched is a `passage`, stored once: titles, questions, code, reasoning and answers refer to
it. Its id holds the number of its thread in the upper 32 bits, so that a search tells threads apart without looking
them up; number 0 of a thread is its title. `passage_index` is kept by hand (`passage.py`), not by triggers, because
the text of an item that is still streaming must not be tokenized again at every save.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from desktop_app.domain.error import DeskError, ErrorCode

_FIRST = """
CREATE TABLE assistant (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    instructions TEXT NOT NULL,
    model TEXT NOT NULL,
    code_interpreter INTEGER NOT NULL,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE remote_assistant (
    connection_id TEXT NOT NULL,
    assistant_id TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    PRIMARY KEY (connection_id, assistant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE thread (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    assistant_id TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    remote_id TEXT NOT NULL,
    busy INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    is_indexed INTEGER NOT NULL
) STRICT;

CREATE VIRTUAL TABLE passage_index USING fts5(
    text, content='passage', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);

CREATE TABLE file (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX file_by_remote_id ON file (remote_id) WHERE remote_id <> '';
CREATE INDEX file_by_sha256 ON file (sha256);

CREATE TABLE question (
    id TEXT PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES thread (number) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    passage INTEGER NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    remote_id TEXT NOT NULL
) STRICT;
CREATE INDEX question_in_thread ON question (thread, place);
CREATE INDEX question_unsent ON question (state) WHERE state IN ('written', 'sending');

CREATE TABLE question_file (
    question_id TEXT NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    file_id TEXT NOT NULL REFERENCES file (id),
    PRIMARY KEY (question_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_file_by_file ON question_file (file_id);

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES thread (number) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    assistant_name TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    error TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    ended_at REAL
) STRICT;
CREATE INDEX run_in_thread ON run (thread, place);
CREATE INDEX run_open ON run (is_open) WHERE is_open = 1;

CREATE TABLE item (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    passage INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_file (
    run_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    file_id TEXT NOT NULL REFERENCES file (id),
    PRIMARY KEY (run_id, place, file_id),
    FOREIGN KEY (run_id, place) REFERENCES item (run_id, place) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX item_file_by_file ON item_file (file_id);

CREATE TABLE draft (
    thread_id TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_SECOND = """
CREATE TABLE connection (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL,
    model TEXT NOT NULL,
    sign_in TEXT NOT NULL,
    agent TEXT NOT NULL,
    tenant TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;

ALTER TABLE thread ADD COLUMN connection_id TEXT NOT NULL DEFAULT 'engine';

CREATE TABLE remote_thread (
    connection_id TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    thread_id TEXT NOT NULL, -- refers to nothing: what a service keeps is known when the thread is purged here
    created_at REAL NOT NULL,
    PRIMARY KEY (connection_id, remote_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO remote_thread (connection_id, remote_id, thread_id, created_at)
    SELECT 'engine', remote_id, id, created_at FROM thread WHERE remote_id <> '';

ALTER TABLE file ADD COLUMN connection_id TEXT NOT NULL DEFAULT 'engine';
DROP INDEX file_by_remote_id;
CREATE INDEX file_by_remote_id ON file (connection_id, remote_id) WHERE remote_id <> '';

ALTER TABLE run ADD COLUMN connection_id TEXT NOT NULL DEFAULT 'engine';
ALTER TABLE run ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN reasoning_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN container_sessions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN limits TEXT;
"""

_THIRD = """
CREATE TABLE remote_file (
    connection_id TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    file_id TEXT NOT NULL, -- refers to nothing, as in remote_thread
    PRIMARY KEY (connection_id, remote_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO remote_file (connection_id, remote_id, file_id)
    SELECT connection_id, remote_id, id FROM file
    WHERE remote_id <> '' AND EXISTS (SELECT 1 FROM question_file WHERE file_id = file.id);
"""

MIGRATIONS = (_FIRST, _SECOND, _THIRD)
"""Number N takes a database of version N to version N + 1. What has been released is never edited."""


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Brings the database to the newest version, each step whole or not at all, after a backup beside it.

    Raises:
        DeskError: STORAGE_FAILED with `reason=newer` if a later version of the program wrote it.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        detail = f"{path} has version {version}, this program knows {len(migrations)}"
        raise DeskError(ErrorCode.STORAGE_FAILED, detail, reason="newer", path=path)
    if 0 < version < len(migrations):
        _back_up(connection, path.with_name(f"{path.name}.version-{version}"))
    for number in range(version, len(migrations)):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE; {migrations[number]}; PRAGMA user_version = {number + 1}; COMMIT"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    temporary = target.with_name(f"{target.name}.part")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    with closing(sqlite3.connect(temporary)) as copy:
        connection.backup(copy)
    temporary.replace(target)
