"""Finds threads by what was said in them."""

import json
import secrets
import sqlite3
import unicodedata
from itertools import pairwise

from desktop_app.domain.entity import SearchHit
from desktop_app.stores.archive.row import clean, thread_from_row

_MAX_WORDS = 32
_SNIPPET_WORDS = 24


def search(connection: sqlite3.Connection, query: str, limit: int) -> tuple[SearchHit, ...]:
    """Threads that hold every word of the query somewhere, best first; the last word may be the beginning of one."""
    phrases = _phrases(query)
    if not phrases:
        return ()
    any_phrase = " OR ".join(phrases)
    # The best passage of each thread stands for it: `min` picks the row of the other columns. A title counts more.
    rows = connection.execute(
        "SELECT t.id, title.text, t.assistant_id, t.created_at, t.updated_at, t.remote_id, t.busy, t.unread,"
        "   best.passage"
        " FROM (SELECT rowid >> 32 AS number, rowid AS passage,"
        "     min(CASE rowid & 0xFFFFFFFF WHEN 0 THEN 2 * rank ELSE rank END) AS score"
        "   FROM passage_index WHERE passage_index MATCH :any_phrase GROUP BY 1) best"
        " JOIN thread t ON t.number = best.number JOIN passage title ON title.id = t.number << 32"
        " WHERE NOT t.deleted AND (:numbers IS NULL OR t.number IN (SELECT value FROM json_each(:numbers)))"
        " ORDER BY best.score, t.updated_at DESC LIMIT :limit",
        {"any_phrase": any_phrase, "numbers": _threads_with_all(connection, phrases), "limit": limit},
    ).fetchall()
    return tuple(SearchHit(thread_from_row(row[:8]), *_snippet(connection, any_phrase, passage=row[8])) for row in rows)


def _phrases(query: str) -> list[str]:
    """The words as FTS5 phrases: quoted, so that nothing in them is an operator."""
    words = [word for word in clean(query).replace("\0", " ").split() if any(map(_is_searchable, word))]
    phrases = ['"' + word.replace('"', '""') + '"' for word in words[:_MAX_WORDS]]
    if phrases:
        phrases[-1] += "*"
    return phrases


def _is_searchable(character: str) -> bool:
    """Whether FTS5's `unicode61` takes it as a part of a word."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _threads_with_all(connection: sqlite3.Connection, phrases: list[str]) -> str | None:
    """The numbers of the threads that hold every phrase, as JSON; None if there is but one phrase."""
    if len(phrases) == 1:
        return None
    numbers: set[int] | None = None
    for phrase in phrases:
        rows = connection.execute(
            "SELECT DISTINCT rowid >> 32 FROM passage_index WHERE passage_index MATCH ?",
            (phrase,),
        )
        found = {int(row[0]) for row in rows}
        numbers = found if numbers is None else numbers & found
        if not numbers:
            break
    return json.dumps(sorted(numbers or ()))


def _snippet(connection: sqlite3.Connection, phrases: str, passage: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The part of a passage around its matches, on one line, and where they are in it."""
    mark = secrets.token_hex(8)  # something that the text does not hold
    row = connection.execute(
        "SELECT snippet(passage_index, 0, ?, ?, '…', ?) FROM passage_index WHERE passage_index MATCH ? AND rowid = ?",
        (mark, mark, _SNIPPET_WORDS, phrases, passage),
    ).fetchone()
    pieces = str(row[0]).split(mark)
    text = "".join(" " if character.isspace() else character for character in "".join(pieces))
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    # Pieces alternate: outside, inside, outside, ...
    return text, tuple(pair for number, pair in enumerate(pairwise(ends)) if number % 2)
