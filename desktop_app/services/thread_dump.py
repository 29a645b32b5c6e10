"""Threads that were saved as JSON from a service that is gone.

Understood are what `GET /threads/{id}/messages` prints, a list of such answers, and threads that hold their `messages`
(and `runs` and `steps`, if somebody kept them), alone, in a list, or under `threads`; newest or oldest first.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from desktop_app.domain.entity import ThreadCopy, TranscriptItem
from desktop_app.services.dump_item import Json, inner, items, number, objects, question, run, words


@dataclass(slots=True)
class _Turn:
    """What a run has left: its record (or what its messages say of it), its steps and messages."""

    record: Json
    steps: list[Json] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)


def read_dump(text: str) -> tuple[ThreadCopy, ...]:
    """Every thread of a dump that holds messages; none if the text is no such JSON. Blocks while it reads."""
    try:
        found = tuple(_found(json.loads(text)))
    except (ValueError, RecursionError):
        return ()
    threads: dict[str, tuple[Json, list[Json]]] = {}
    for thread, messages in found:
        # What was saved page by page is one thread.
        thread_id = words(thread, "id") or _thread_id(messages[0]) or f"number {len(threads)}"
        threads.setdefault(thread_id, (thread, []))[1].extend(messages)
    return tuple(_copy(thread, _once(messages)) for thread, messages in threads.values())


def _found(value: object) -> Iterator[tuple[Json, list[Json]]]:
    """What is known of each thread, and messages of it."""
    if isinstance(value, list):
        messages = [item for item in value if _is_message(item)]
        # Those of several threads may have been saved together; the order inside each stays.
        messages.sort(key=_thread_id)
        for thread_id, group in groupby(messages, key=_thread_id):
            yield {"id": thread_id}, list(group)
        for item in value:
            if not _is_message(item):
                yield from _found(item)
    elif isinstance(value, dict):
        messages = [message for message in objects(value, "messages") if _is_message(message)]
        if messages:
            yield value, messages
        else:
            for part in value.values():
                yield from _found(part)


def _once(messages: list[Json]) -> list[Json]:
    """Without those that were saved twice."""
    named = {words(message, "id") or f"number {place}": message for place, message in enumerate(messages)}
    return list(named.values())


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("role"), str) and "content" in value


def _thread_id(message: Json) -> str:
    return words(message, "thread_id")


def _copy(thread: Json, messages: list[Json]) -> ThreadCopy:
    ordered = _oldest_first(messages)
    created_at = number(thread, "created_at")
    return ThreadCopy(
        remote_id=words(thread, "id") or _thread_id(ordered[0]),
        title=words(inner(thread, "metadata"), "title"),
        created_at=_time(ordered[0]) if created_at is None else created_at,
        items=tuple(_items(thread, ordered)),
    )


def _time(record: Json) -> float:
    return number(record, "created_at") or 0.0


def _oldest_first(records: list[Json]) -> list[Json]:
    """In the order in which they were made. Services list the newest first, unless they are asked otherwise.

    Times are whole seconds: records of one second stay in the order in which they are listed.
    """
    if not records:
        return []
    first, last = records[0], records[-1]
    is_newest_first = _time(first) > _time(last) or (_time(first) == _time(last) and _ends(first) and not _ends(last))
    return sorted(reversed(records) if is_newest_first else records, key=_time)


def _ends(record: Json) -> bool:
    """Whether it is an answer, which comes last: the message, or the step that wrote it."""
    return record.get("role") == "assistant" or record.get("type") == "message_creation"


def _items(thread: Json, messages: list[Json]) -> Iterator[TranscriptItem]:
    """Questions, and runs: each where its first message stands, one without messages where its time is."""
    thread_id = words(thread, "id")
    turns = _turns(thread, messages)
    silent = [turn for turn in turns if not turn.messages]
    by_message = {id(turn.messages[0]): turn for turn in turns if turn.messages}
    question_id = ""
    for message in messages:
        while silent and _time(silent[0].record) < _time(message):
            yield _run(silent.pop(0), thread_id, question_id)
        if message.get("role") == "user":
            asked = question(message, thread_id)
            question_id = asked.id
            yield asked
        elif id(message) in by_message:
            yield _run(by_message[id(message)], thread_id, question_id)
    for turn in silent:
        yield _run(turn, thread_id, question_id)


def _run(turn: _Turn, thread_id: str, question_id: str) -> TranscriptItem:
    return run(turn.record, thread_id, question_id, items(turn.steps, turn.messages))


def _turns(thread: Json, messages: list[Json]) -> list[_Turn]:
    """The runs, oldest first. Answers that name no run belong to one together, until the next question."""
    turns: dict[str, _Turn] = {}
    nameless = "before any question"
    for record in _oldest_first(objects(thread, "runs")):
        turns[words(record, "id")] = _Turn(record, _oldest_first(objects(record, "steps")))
    for step in _oldest_first(objects(thread, "steps")):
        run_id = words(step, "run_id")
        turns.setdefault(run_id, _Turn(_as_run(run_id, step))).steps.append(step)
    for place, message in enumerate(messages):
        if message.get("role") == "user":
            nameless = f"after message {place}"
        elif message.get("role") == "assistant":
            run_id = words(message, "run_id")
            turn = turns.setdefault(run_id or nameless, _Turn(_as_run(run_id, message)))
            turn.messages.append(message)
    return list(turns.values())


def _as_run(run_id: str, record: Json) -> Json:
    """What a step or a message says of its run."""
    return {"id": run_id, "created_at": record.get("created_at")}
