"""The whole job against the engine as people start it: the real analyst, the real sandbox, the `openai` package."""

from pathlib import Path

from openai import AsyncOpenAI
from PIL import Image

from tests.engine.running import code_of, messages, steps
from tests.harness.engine_process import EngineProcess, engine_process

CSV = b"""sector,company,operating_profit
TRANSPORTATION,Northline,120
TRANSPORTATION,Harbour,45
ENERGY,Volt,300
TRANSPORTATION,Airway,80
"""
QUESTION = (
    "create bar chart in the TRANSPORTATION sector for the operating profit from the uploaded csv file"
    " and provide file to me"
)


async def test_a_chart_from_a_file(home: Path, tmp_path: Path) -> None:
    async with engine_process(home) as engine:
        await _make_chart(engine, tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as chart:
        assert chart.format == "PNG"
        assert min(chart.size) > 300


async def _make_chart(engine: EngineProcess, target: Path) -> None:
    async with engine.client() as client:
        uploaded = await client.files.create(file=("companies.csv", CSV), purpose="assistants")
        made = await client.beta.assistants.create(model="built-in-analyst", tools=[{"type": "code_interpreter"}])
        stream = await client.beta.threads.create_and_run(
            assistant_id=made.id,
            thread={
                "messages": [
                    {
                        "role": "user",
                        "content": QUESTION,
                        "attachments": [{"file_id": uploaded.id, "tools": [{"type": "code_interpreter"}]}],
                    }
                ]
            },
            stream=True,
        )
        events = [event async for event in stream]
        last = events[-1]
        assert last.event == "thread.run.completed"
        code = next(step for step in await steps(client, last.data) if step.type == "tool_calls")
        answer = (await messages(client, last.data))[-1]
        assert (code.metadata or {}).keys() == {"seconds"}
        images = [output for output in code_of(code).outputs if output.type == "image"]
        assert len(images) == 1
        (part,) = answer.content
        assert part.type == "text"
        links = [link for link in part.text.annotations if link.type == "file_path"]
        attached = [attachment.file_id for attachment in answer.attachments or []]
        assert links
        assert all(link.file_path.file_id in attached for link in links)
        (await client.files.content(images[0].image.file_id)).write_to_file(target)
        saved = await client.files.content(links[0].file_path.file_id)
        assert len(saved.content) > 1000


async def test_equations_are_solved_and_followed_up(home: Path) -> None:
    async with engine_process(home) as engine, engine.client() as client:
        first = await client.beta.threads.create()
        assert "**x = 1**" in await _ask(
            client, first.id, "I need to solve the equation `3x + 11 = 14`. Can you help me?"
        )
        second = await client.beta.threads.create()
        assert "**12**" in await _ask(
            client, second.id, "Solve the equation y = x^2 + 3 for x = 3 and plot the function graph."
        )
        answer = await _ask(client, second.id, "Is this a concave function?")
        assert answer.startswith("**No, `y = x^2 + 3` is convex**")


async def test_rows_are_shuffled_and_none_is_lost(home: Path) -> None:
    async with engine_process(home) as engine, engine.client() as client:
        rows = b"number\n" + b"".join(b"%d\n" % number for number in range(200))
        uploaded = await client.files.create(file=("numbers.csv", rows), purpose="assistants")
        thread = await client.beta.threads.create(tool_resources={"code_interpreter": {"file_ids": [uploaded.id]}})
        await _ask(client, thread.id, "shuffle the rows and give me the CSV")
        answer = (await client.beta.threads.messages.list(thread.id)).data[0]
        (attachment,) = answer.attachments or []
        assert attachment.file_id is not None
        shuffled = (await client.files.content(attachment.file_id)).content.splitlines()
    assert shuffled[0] == b"number"
    assert shuffled != rows.splitlines()
    assert sorted(shuffled) == sorted(rows.splitlines())


async def _ask(client: AsyncOpenAI, thread_id: str, question: str) -> str:
    """The newest answer's text."""
    made = await client.beta.assistants.create(model="built-in-analyst", tools=[{"type": "code_interpreter"}])
    await client.beta.threads.messages.create(thread_id, role="user", content=question)
    run = await client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=made.id)
    assert run.status == "completed"
    (part,) = (await client.beta.threads.messages.list(thread_id)).data[0].content
    assert part.type == "text"
    return part.text.value
