"""The engine's tables. A row holds one object of the API as JSON; what is searched by is generated from it."""

MIGRATIONS = (
    """
    CREATE TABLE assistant (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE thread (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE,
        thread_id TEXT GENERATED ALWAYS AS (body ->> 'thread_id') STORED NOT NULL
            REFERENCES thread (id) ON DELETE CASCADE,
        run_id TEXT GENERATED ALWAYS AS (body ->> 'run_id') STORED
    ) STRICT;
    CREATE INDEX message_of_thread ON message (thread_id, seq);

    -- position: the thread's last message when the run began, so that history can be put in order.
    -- file_ids: the input files of the assistant and the thread, as they were then.
    -- resumes: how often a start of the engine has taken it up again.
    CREATE TABLE run (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        position INTEGER NOT NULL DEFAULT 0,
        file_ids TEXT NOT NULL DEFAULT '[]',
        resumes INTEGER NOT NULL DEFAULT 0,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE,
        thread_id TEXT GENERATED ALWAYS AS (body ->> 'thread_id') STORED NOT NULL
            REFERENCES thread (id) ON DELETE CASCADE,
        status TEXT GENERATED ALWAYS AS (body ->> 'status') STORED NOT NULL
    ) STRICT;
    CREATE INDEX run_of_thread ON run (thread_id, seq);
    CREATE UNIQUE INDEX one_active_run ON run (thread_id) WHERE status IN ('queued', 'in_progress', 'cancelling');

    CREATE TABLE step (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE,
        run_id TEXT GENERATED ALWAYS AS (body ->> 'run_id') STORED NOT NULL
            REFERENCES run (id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX step_of_run ON step (run_id, seq);

    CREATE TABLE file (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        body TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (body ->> 'id') STORED NOT NULL UNIQUE,
        purpose TEXT GENERATED ALWAYS AS (body ->> 'purpose') STORED NOT NULL
    ) STRICT;
    CREATE INDEX file_of_blob ON file (sha256);

    -- Which file stands at /mnt/data/{name} of a thread. Without a step it was put there, with one it was made there.
    CREATE TABLE thread_file (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        thread_id TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        file_id TEXT NOT NULL REFERENCES file (id) ON DELETE CASCADE,
        step_id TEXT REFERENCES step (id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX file_of_thread ON thread_file (thread_id, name);
    CREATE INDEX thread_file_of_file ON thread_file (file_id);
    CREATE INDEX thread_file_of_step ON thread_file (step_id);
    """,
)
"""Scripts that lead from one `user_version` to the next. Only ever append."""
