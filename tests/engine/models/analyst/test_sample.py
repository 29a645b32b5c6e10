"""The sample of the first start: each of its questions gets an answer, and the first one a chart."""

import json
from pathlib import Path

import pytest

from tests.engine.models.analyst.talk import Talk

SAMPLES = Path(__file__).parents[4] / "resources" / "samples"


@pytest.mark.asyncio(loop_scope="package")
async def test_every_sample_question_is_answered_at_the_first_try(talk: Talk) -> None:
    sample = json.loads((SAMPLES / "questions.json").read_text())
    await talk.attach(sample["file"], (SAMPLES / sample["file"]).read_bytes())
    replies = [await talk.ask(question) for question in sample["questions"]]
    assert [[step.error_name for step in reply.steps] for reply in replies] == [[None], [None], [None]]
    assert replies[0].images == 1
    assert "**Gentoo** with **5,076**" in replies[0].text


def test_samples_are_small_and_name_their_source() -> None:
    files = [path for path in SAMPLES.iterdir() if path.suffix == ".csv"]
    assert sum(path.stat().st_size for path in files) < 200_000
    assert all(f"## {path.name}\n" in (SAMPLES / "SOURCES.md").read_text() for path in files)
