"""A document that is changed in place ends in the same text and formats as one made afresh."""

import pytest
from PySide6.QtGui import QTextDocument

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.block import BlockStream, TableBlock, TextBlock
from desktop_app.gui.transcript.document import Document
from desktop_app.gui.transcript.look import Look
from desktop_app.gui.transcript.rich import copied_text, plain_text, table_text
from desktop_app.gui.transcript.row import TextRow
from desktop_app.gui.transcript.utf16 import to_characters, to_units, units
from tests.gui.transcript.thread import prefixes

LIST = "- one **bold** `code`\n- two\n  1. deep 🎉 emoji\n\n     more\n- [x] done [link](https://example.org)\n"


def formats(document: QTextDocument) -> list[tuple[str, str]]:
    found = []
    block = document.begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            found.append((fragment.text(), fragment.charFormat().anchorHref()))
            iterator += 1
        block = block.next()
    return found


@pytest.mark.parametrize("size", [1, 3, 11])
def test_growing_text_is_changed_in_place(theme: Theme, size: int) -> None:
    look = Look(theme)
    stream, grown, fresh = BlockStream(), Document(look), Document(look)
    for prefix in prefixes(LIST, size):
        stream.feed(prefix)
        block = stream.blocks[0]
        assert isinstance(block, TextBlock)
        grown.show_paragraphs(block.paragraphs)
        assert units(plain_text(block.paragraphs)) == grown.characterCount() - 1
    assert isinstance(block, TextBlock)
    fresh.show_paragraphs(block.paragraphs)
    assert formats(grown) == formats(fresh)
    assert grown.height(400) == fresh.height(400)


def test_a_growing_table_is_changed_in_place(theme: Theme) -> None:
    look = Look(theme)
    text = "| a | b |\n|---|--:|\n" + "".join(f"| {index} | *x* |\n" for index in range(20))
    stream, grown, fresh = BlockStream(), Document(look), Document(look)
    for prefix in prefixes(text, 9):
        stream.feed(prefix)
        block = stream.blocks[0]
        if isinstance(block, TableBlock):
            grown.show_table(block.table)
    assert isinstance(block, TableBlock)
    fresh.show_table(block.table)
    assert formats(grown) == formats(fresh)
    assert len(table_text(block.table)) == fresh.characterCount() - 1


def test_nothing_is_loaded(theme: Theme) -> None:
    document = Document(Look(theme))
    document.show_paragraphs(TextRow("", 0, ()).paragraphs)
    assert document.resource(QTextDocument.ResourceType.ImageResource.value, "http://example.org/x.png") is None


def test_positions_beyond_the_basic_plane() -> None:
    text = "a🎉b"
    assert [to_units(text, index) for index in range(4)] == [0, 1, 3, 4]
    assert [to_characters(text, index) for index in (0, 1, 3, 4)] == [0, 1, 2, 3]


def test_lines_cut_for_display_are_copied_whole() -> None:
    stream = BlockStream()
    stream.feed("a\\\nb")
    block = stream.blocks[0]
    assert isinstance(block, TextBlock)
    assert copied_text(block.paragraphs, 0, 3) == "a\nb"
