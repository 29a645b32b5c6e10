"""The person's assistants."""

from dataclasses import replace

from desktop_app.domain.entity import Assistant
from desktop_app.services.notice import NoticeKind
from tests.unit.services.bench import Bench


def names(bench: Bench) -> list[str]:
    return [item.name for item in bench.services.assistants.items]


async def test_there_is_one_from_the_beginning_and_only_once(bench: Bench) -> None:
    first = bench.services.assistants.default
    await bench.restart()
    assert bench.services.assistants.items == (first,)


async def test_changes_are_kept(bench: Bench) -> None:
    assistants = bench.services.assistants
    made = assistants.create(Assistant("", "Chemist"))
    assistants.update(replace(made, instructions="Be brief."))
    await bench.restart()
    kept = bench.services.assistants.get(made.id)
    assert kept is not None
    assert kept.instructions == "Be brief."


async def test_copies_have_names_of_their_own(bench: Bench) -> None:
    assistants = bench.services.assistants
    for _ in range(2):
        assistants.duplicate(assistants.default.id)
    assert names(bench) == ["Data analyst", "Data analyst 2", "Data analyst 3"]
    assert assistants.duplicate("gone") is None


async def test_the_last_one_stays(bench: Bench) -> None:
    bench.services.assistants.delete(bench.services.assistants.default.id)
    assert names(bench) == ["Data analyst"]
    assert bench.notices == []


async def test_a_deleted_one_can_be_taken_back_and_its_threads_go_on(bench: Bench) -> None:
    assistants = bench.services.assistants
    made = assistants.create(Assistant("", "Chemist"))
    thread = bench.services.threads.create(made.id)
    assistants.delete(made.id)
    assert (await bench.answer(thread.id, "Hello")).assistant_name == "Data analyst"
    (notice,) = bench.notices
    assert (notice.kind, notice.subject) == (NoticeKind.ASSISTANT_DELETED, "Chemist")
    assert notice.undo is not None
    notice.undo()
    assert names(bench) == ["Data analyst", "Chemist"]
    await bench.restart()
    assert names(bench) == ["Data analyst", "Chemist"]
