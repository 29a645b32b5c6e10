"""Reading and writing the API's objects, inside one transaction."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import Any, Literal

Json = dict[str, Any]
"""An object as the API shows it."""

Kind = Literal["assistant", "thread", "message", "run", "step", "file"]
Column = Literal["thread_id", "run_id", "purpose"]
Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a list, and whether there are more beyond them."""

    items: tuple[Json, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class ThreadFile:
    """A file at `/mnt/data/{name}` of a thread, put there or (with a `step_id`) made there."""

    name: str
    file_id: str
    step_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the engine knows about a run beyond what the API shows."""

    position: int
    file_ids: tuple[str, ...]
    resumes: int


class UnknownCursorError(LookupError):
    """A page was asked for around an object that is not in the list."""


class Records:
    """The objects, seen from inside a transaction. Made by `Database.run`; not for keeping."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, kind: Kind, object_id: str) -> Json | None:
        """The object, or None."""
        row = self._one(_on(kind, "SELECT body FROM $table WHERE id = ?"), object_id)
        return None if row is None else _decode(row)

    def save(self, kind: Kind, *bodies: Json) -> None:
        """Creates or replaces objects; a replaced one keeps its place in lists."""
        self._connection.executemany(
            _on(kind, "INSERT INTO $table (body) VALUES (?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"),
            [(encode(body),) for body in bodies],
        )

    def delete(self, kind: Kind, object_id: str) -> bool:
        """Removes the object and what belongs to it. Says whether it was there."""
        return self._connection.execute(_on(kind, "DELETE FROM $table WHERE id = ?"), (object_id,)).rowcount > 0

    def all(self, kind: Kind, column: Column, value: str) -> tuple[Json, ...]:
        """Every object whose column has the value, oldest first."""
        query = _on(kind, "SELECT body FROM $table WHERE $where = ? ORDER BY seq", where=column)
        rows = self._connection.execute(query, (value,))
        return tuple(_decode(row) for row in rows)

    def page(
        self,
        kind: Kind,
        where: dict[Column, str],
        *,
        order: Order,
        limit: int,
        after: str | None = None,
        before: str | None = None,
    ) -> Page:
        """Objects in order of creation, beginning after `after`, or ending just before `before`.

        Raises:
            UnknownCursorError: A cursor names nothing in this list.
        """
        conditions = [f"{column} = ?" for column in where]
        values: list[str | int] = list(where.values())
        newer, older = (">", "<") if order == "asc" else ("<", ">")
        for cursor, side in ((after, newer), (before, older)):
            if cursor is not None:
                conditions.append(f"seq {side} ?")
                values.append(self._place(kind, where, cursor))
        backwards = before is not None and after is None
        direction = order if not backwards else ("desc" if order == "asc" else "asc")
        query = _on(
            kind,
            "SELECT body FROM $table WHERE $where ORDER BY seq $direction LIMIT ?",
            where=" AND ".join(conditions) or "1",
            direction=direction,
        )
        rows = self._connection.execute(query, (*values, limit + 1)).fetchall()
        items = [_decode(row) for row in rows[:limit]]
        return Page(tuple(reversed(items) if backwards else items), len(rows) > limit)

    def _place(self, kind: Kind, where: dict[Column, str], object_id: str) -> int:
        condition = " AND ".join(["id = ?", *(f"{column} = ?" for column in where)])
        row = self._one(_on(kind, "SELECT seq FROM $table WHERE $where", where=condition), object_id, *where.values())
        if row is None:
            raise UnknownCursorError(object_id)
        return int(row[0])

    # --- runs ---------------------------------------------------------------------------------------------

    def active_run(self, thread_id: str) -> Json | None:
        """The thread's run that is not final, or None."""
        row = self._one(
            "SELECT body FROM run WHERE thread_id = ? AND status IN ('queued', 'in_progress', 'cancelling')", thread_id
        )
        return None if row is None else _decode(row)

    def active_runs(self) -> tuple[Json, ...]:
        """Every run that is not final, oldest first."""
        rows = self._connection.execute(
            "SELECT body FROM run WHERE status IN ('queued', 'in_progress', 'cancelling') ORDER BY seq"
        )
        return tuple(_decode(row) for row in rows)

    def add_run(self, run: Json, file_ids: Iterable[str]) -> None:
        """Creates a run that comes after the thread's present messages."""
        self.save("run", run)
        self._connection.execute(
            "UPDATE run SET file_ids = ?, position = (SELECT coalesce(max(seq), 0) FROM message WHERE thread_id = ?)"
            " WHERE id = ?",
            (json.dumps(list(file_ids)), run["thread_id"], run["id"]),
        )

    def run_plan(self, run_id: str) -> RunPlan:
        """What is kept beside the run. The run exists."""
        position, file_ids, resumes = self._connection.execute(
            "SELECT position, file_ids, resumes FROM run WHERE id = ?", (run_id,)
        ).fetchone()
        return RunPlan(position, tuple(json.loads(file_ids)), resumes)

    def count_resume(self, run_id: str) -> int:
        """Notes that the run is taken up again, and returns how often that has been."""
        self._connection.execute("UPDATE run SET resumes = resumes + 1 WHERE id = ?", (run_id,))
        return self.run_plan(run_id).resumes

    def forgive_resumes(self, run_ids: Iterable[str]) -> None:
        """Forgets how often these runs were taken up again: the engine is stopping of its own accord."""
        self._connection.executemany("UPDATE run SET resumes = 0 WHERE id = ?", [(run_id,) for run_id in run_ids])

    def messages_with_places(self, thread_id: str) -> tuple[tuple[int, Json], ...]:
        """Every message of the thread, oldest first, with the number that `RunPlan.position` refers to."""
        rows = self._connection.execute("SELECT seq, body FROM message WHERE thread_id = ? ORDER BY seq", (thread_id,))
        return tuple((seq, json.loads(body)) for seq, body in rows)

    # --- files --------------------------------------------------------------------------------------------

    def add_file(self, body: Json, sha256: str) -> None:
        """Creates a file whose bytes are the blob `sha256`."""
        self._connection.execute("INSERT INTO file (body, sha256) VALUES (?, ?)", (encode(body), sha256))

    def blob_of(self, file_id: str) -> str | None:
        """The file's blob, or None if there is no such file."""
        row = self._one("SELECT sha256 FROM file WHERE id = ?", file_id)
        return None if row is None else str(row[0])

    def delete_file(self, file_id: str) -> str | None:
        """Removes a file, which exists, and returns its blob if no other file has these bytes."""
        sha256 = self.blob_of(file_id)
        self.delete("file", file_id)
        shared = self._one("SELECT 1 FROM file WHERE sha256 = ? LIMIT 1", sha256 or "") is not None
        return None if shared else sha256

    def made_files(self, thread_id: str) -> tuple[str, ...]:
        """Ids of the files and pictures that the thread's runs made, unless another thread has them too."""
        rows = self._connection.execute(
            "SELECT file_id FROM thread_file WHERE thread_id = :thread AND step_id IS NOT NULL"
            " UNION SELECT output.value ->> '$.image.file_id' FROM run JOIN step ON step.run_id = run.id,"
            " json_each(step.body, '$.step_details.tool_calls[0].code_interpreter.outputs') AS output"
            " WHERE run.thread_id = :thread AND output.value ->> 'type' = 'image'"
            " EXCEPT SELECT file_id FROM thread_file WHERE thread_id <> :thread",
            {"thread": thread_id},
        )
        return tuple(row[0] for row in rows)

    def blobs(self) -> frozenset[str]:
        """Every blob that a file uses."""
        return frozenset(row[0] for row in self._connection.execute("SELECT DISTINCT sha256 FROM file"))

    def add_thread_file(self, thread_id: str, file: ThreadFile) -> None:
        """Notes that the file now stands at its name in the thread."""
        self._connection.execute(
            "INSERT INTO thread_file (thread_id, name, file_id, step_id) VALUES (?, ?, ?, ?)",
            (thread_id, file.name, file.file_id, file.step_id),
        )

    def thread_files(self, thread_id: str) -> tuple[ThreadFile, ...]:
        """Every file put or made in the thread, oldest first; a name may come several times."""
        rows = self._connection.execute(
            "SELECT name, file_id, step_id FROM thread_file WHERE thread_id = ? ORDER BY seq", (thread_id,)
        )
        return tuple(ThreadFile(*row) for row in rows)

    def _one(self, query: str, *values: str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return row


def _on(kind: Kind, template: str, **words: str) -> str:
    """A statement on the table of a kind. The words are this module's own; values are always bound."""
    return Template(template).substitute(words, table=kind)


def encode(body: Json) -> str:
    """JSON as it is stored and sent: compact, and valid UTF-8 whatever a model or a program printed."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def _decode(row: tuple[Any, ...]) -> Json:
    body: Json = json.loads(row[0])
    return body
