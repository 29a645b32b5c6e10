"""Images, text, PDF, Word and PowerPoint."""

import io

import docx
import matplotlib.figure
import pptx
import pytest
from PIL import Image

from tests.engine.models.analyst.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_tells_and_changes_an_image(talk: Talk) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(stream, "PNG")
    await talk.attach("photo.png", stream.getvalue())
    about = await talk.ask("How large is this image?")
    assert "**640 \u00d7 480 pixels**" in about.text
    reply = await talk.ask("Make it 320 pixels wide, in grayscale")
    with Image.open(io.BytesIO(await talk.read(reply.files[0]))) as image:
        assert (image.size, image.mode) == ((320, 240), "L")


async def test_counts_and_finds_words_in_a_text(talk: Talk) -> None:
    await talk.attach("notes.txt", "Hello world.\nA text about penguins, and more penguins.\n" * 5)
    about = await talk.ask("What is in this file?")
    assert "10 lines and 45 words" in about.text
    frequent = await talk.ask("Which words are the most frequent?")
    assert "| penguins | 10 |" in frequent.text
    assert frequent.images == 1
    found = await talk.ask('How often does "penguins" occur?')
    assert "**10 times**, in 5 lines" in found.text


async def test_reads_a_pdf(talk: Talk) -> None:
    figure = matplotlib.figure.Figure()
    figure.text(0.5, 0.5, "Annual report")
    stream = io.BytesIO()
    figure.savefig(stream, format="pdf")
    await talk.attach("report.pdf", stream.getvalue())
    reply = await talk.ask("How many pages does it have?")
    assert "1 page" in reply.text
    assert "> Annual report" in reply.text


async def test_reads_word_and_powerpoint(talk: Talk) -> None:
    document = docx.Document()
    document.add_paragraph("A short report")
    stream = io.BytesIO()
    document.save(stream)
    await talk.attach("report.docx", stream.getvalue())
    reply = await talk.ask("Give me its text")
    assert (await talk.read(reply.files[0])).decode() == "A short report"
    deck = pptx.Presentation()
    title = deck.slides.add_slide(deck.slide_layouts[5]).shapes.title
    assert title is not None
    title.text = "Results"
    stream = io.BytesIO()
    deck.save(stream)
    await talk.attach("deck.pptx", stream.getvalue())
    assert "> Results" in (await talk.ask("What is in deck.pptx?")).text
