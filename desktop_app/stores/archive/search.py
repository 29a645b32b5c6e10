"""Finds threads by what was said in them."""

import json
import secrets
import sqlite3
import unicodedata
from itertools import accumulate, pairwise

from desktop_app.domain.entity import SearchHit
from desktop_app.stores.archive.row import clean, thread_from_row

Snippet = tuple[str, tuple[tuple[int, int], ...]]
"""Plain text, and the `[start, end)` of the matches in it."""

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
        "WITH best AS MATERIALIZED ("
        "   SELECT rowid >> 32 AS number, rowid AS passage,"
        "     min(CASE rowid & 0xFFFFFFFF WHEN 0 THEN 2 * rank ELSE rank END) AS score"
        "   FROM passage_index WHERE passage_index MATCH ? GROUP BY 1)"
        " SELECT t.id, title.text, t.assistant_id, t.created_at, t.updated_at, t.remote_id, t.busy, t.unread,"
        "   t.connection_id, best.passage"
        " FROM best CROSS JOIN thread t ON t.number = best.number JOIN passage title ON title.id = t.number << 32"
        " WHERE NOT t.deleted ORDER BY best.score, t.updated_at DESC",
        (any_phrase,),
    )
    wanted = _threads_with_all(connection, phrases)
    found = [row for row in rows if wanted is None or row[9] >> 32 in wanted][:limit]
    snippets = _snippets(connection, any_phrase, [row[9] for row in found])
    return tuple(SearchHit(thread_from_row(row[:9]), *snippets[row[9]]) for row in found)


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


def _threads_with_all(connection: sqlite3.Connection, phrases: list[str]) -> set[int] | None:
    """The numbers of the threads that hold every phrase; None if there is but one phrase."""
    if len(phrases) == 1:
        return None
    found: set[int] | None = None
    for phrase in phrases:
        rows = connection.execute(
            "SELECT DISTINCT rowid >> 32 FROM passage_index WHERE passage_index MATCH ?",
            (phrase,),
        )
        numbers = {int(row[0]) for row in rows}
        found = numbers if found is None else found & numbers
    return found


def _snippets(connection: sqlite3.Connection, phrases: str, passages: list[int]) -> dict[int, Snippet]:
    """The part of each passage around its matches."""
    mark = secrets.token_hex(8)  # something that no text holds
    # The plus keeps SQLite from beginning the search anew for each row, which costs most for the commonest words.
    rows = connection.execute(
        "SELECT rowid, snippet(passage_index, 0, ?, ?, '…', ?) FROM passage_index"
        " WHERE passage_index MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (mark, mark, _SNIPPET_WORDS, phrases, json.dumps(passages)),
    )
    return {passage: _unmarked(marked.split(mark)) for passage, marked in rows}


def _unmarked(pieces: list[str]) -> Snippet:
    """The text on one line, and where its matches are: every second piece is one."""
    text = "".join(" " if character.isspace() else character for character in "".join(pieces))
    ends = [0, *accumulate(map(len, pieces))]
    return text, tuple(pairwise(ends))[1::2]
