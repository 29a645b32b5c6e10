"""Files the assistant made."""

from desktop_app.domain.entity import CodeStep, ImageOutput, Run, StoredFile
from desktop_app.domain.item_file import files_of
from desktop_app.services.transcript import TranscriptChange
from tests.contract.scenario import Code, Say
from tests.harness.wait import until
from tests.unit.services.bench import Bench

PLOT = (Code("plot()", picture=True), Say("There."))
TABLE = (Code("save()", saves="made.csv"), Say("[the table](sandbox:/mnt/data/made.csv)"))


def files(bench: Bench, thread: str) -> list[StoredFile]:
    items = bench.services.conversation.transcript(thread)
    return [file for run in items if isinstance(run, Run) for item in run.items for file in files_of(item)]


def are_here(bench: Bench, thread: str) -> bool:
    found = files(bench, thread)
    return bool(found) and all(file.sha256 for file in found)


async def test_complaint_14_a_made_file_is_put_in_place_once(bench: Bench) -> None:
    bench.player.on("Table", *TABLE)
    placed: list[str] = []

    def look(change: TranscriptChange) -> None:
        if isinstance(change.item, Run):
            found = [file for item in change.item.items for file in files_of(item)]
            if found and all(file.sha256 for file in found):
                placed.append(change.key)

    thread = bench.new_thread()
    bench.services.conversation.changed.connect(look)
    await bench.answer(thread, "Table")
    await until(lambda: are_here(bench, thread))
    link, chip = files(bench, thread)
    path = bench.services.files.path(link)
    assert path is not None
    assert (link, link.name, path.read_bytes()) == (chip, "made.csv", b"save()")
    assert len([key for key in placed if key]) == 1


async def test_complaint_04_two_files_of_one_name_stay_two(bench: Bench) -> None:
    thread = bench.new_thread()
    for code in ("first", "second"):
        bench.player.on(code, Code(code, saves="made.csv"), Say("[the table](sandbox:/mnt/data/made.csv)"))
        await bench.answer(thread, code)
    await until(lambda: are_here(bench, thread))
    found = files(bench, thread)
    assert {file.name for file in found} == {"made.csv"}
    assert [bench.archive.blob_path(file.sha256).read_bytes() for file in found] == [b"first"] * 2 + [b"second"] * 2


async def test_complaint_13_a_picture_is_there_after_a_restart_without_the_engine(bench: Bench) -> None:
    bench.player.on("Plot", *PLOT)
    thread = bench.new_thread()
    await bench.answer(thread, "Plot")
    await until(lambda: are_here(bench, thread))
    bench.engine.is_broken = True
    await bench.restart()
    bench.services.conversation.open(thread)
    await until(lambda: are_here(bench, thread))
    run = bench.run(thread)
    step = run.items[0]
    assert isinstance(step, CodeStep)
    picture = step.outputs[-1]
    assert isinstance(picture, ImageOutput)
    path = bench.services.files.path(picture.file)
    assert path is not None
    assert path.read_bytes().startswith(b"\x89PNG")


async def lost(bench: Bench, thread: str) -> None:
    """Makes the archive forget the bytes of the thread's files."""
    await bench.desk.aclose()
    await bench.open()
    for item in await bench.archive.transcript(thread):
        for file in [file for made in item.items for file in files_of(made)] if isinstance(item, Run) else ():
            await bench.archive.save_file(
                StoredFile(file.id, file.name, file.size, file.media_type, "", file.remote_id)
            )
    await bench.desk.start()


async def test_a_file_that_cannot_be_fetched_is_told_once_and_can_be_fetched_again(bench: Bench) -> None:
    bench.player.on("Plot", *PLOT)
    thread = bench.new_thread()
    await bench.answer(thread, "Plot")
    await until(lambda: are_here(bench, thread))
    bench.engine.is_broken = True
    await lost(bench, thread)
    opened: list[TranscriptChange] = []
    bench.services.conversation.changed.connect(opened.append)
    for _ in range(2):
        opened.clear()
        bench.services.conversation.open(thread)
        await until(lambda: opened)
        await until(lambda: not any(slot.startswith(("open", "download:")) for slot in bench.desk._scope._tasks))
    assert [(notice.thread_id, notice.subject) for notice in bench.notices] == [(thread, files(bench, thread)[0].name)]
    bench.engine.is_broken = False
    bench.services.files.fetch(files(bench, thread)[0])
    await until(lambda: are_here(bench, thread))


async def test_a_thread_left_during_a_download_has_its_file_when_it_is_opened_again(bench: Bench) -> None:
    bench.player.on("Plot", *PLOT)
    first, second = bench.new_thread(), bench.new_thread()
    bench.services.conversation.open(first)
    await bench.answer(first, "Plot")
    await until(lambda: are_here(bench, first))
    await lost(bench, first)
    bench.engine.may_start.clear()
    bench.services.conversation.open(first)
    await until(lambda: files(bench, first))
    bench.services.conversation.open(second)
    bench.engine.may_start.set()
    await until(lambda: bench.stored("SELECT sha256 FROM file WHERE sha256 <> ''"))
    bench.services.conversation.open(first)
    await until(lambda: are_here(bench, first))
    assert bench.notices == []
