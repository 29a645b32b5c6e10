"""Markdown that grows piece by piece ends in the same blocks as markdown that comes at once."""

import pytest

from desktop_app.gui.transcript.block import Block, BlockStream, CodeBlock, TableBlock, TextBlock
from desktop_app.gui.transcript.rich import Ink, Kind, plain_text
from tests.gui.transcript.thread import prefixes

TEXTS = {
    "mixed": "# Head\n\ntext **bold** `code`\n\n1. one\n2. two\n   - nested\n\n> quote\n\n"
    "| a | b |\n|---|--:|\n| 1 | 2 |\n\n---\nend 🎉\n",
    "fence": "x\n\n```python\n" + "\n".join(f"a{index} = {index}" for index in range(90)) + "\n```\n\nafter *it*\n",
    "string across rows": "```python\n'''" + "text\n" * 90 + "'''\nx = 1\n```\n",
    "unclosed fence": "text\n\n~~~\nraw **not bold**\n```\nstill raw",
    "numbered list": "".join(f"{index}. item\n" for index in range(3, 130)) + "\nafter",
    "bullets": "".join(f"- item {index}\n" for index in range(130)),
    "table": "| a | b |\n|---|---|\n" + "".join(f"| {index} | x |\n" for index in range(130)) + "\nafter",
    "late definition": "see [it][1]\n\nmore\n\n[1]: https://example.org\n",
    "setext": "a\n===\n\n    code\n\nb\n---\n",
    "fence in a list": "- a\n\n  ```\n  code\n  ```\n- b\n",
}


def values(blocks: list[Block]) -> list[object]:
    made: list[object] = []
    for block in blocks:
        match block:
            case TextBlock():
                made.append((block.paragraphs, block.gap))
            case CodeBlock():
                made.append((block.paragraphs, block.first, block.last))
            case TableBlock():
                made.append(block.table)
    return made


@pytest.mark.parametrize("size", [1, 2, 7, 31])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_streamed_is_the_same_as_whole(text: str, size: int) -> None:
    whole, streamed = BlockStream(), BlockStream()
    whole.feed(text)
    whole.finish()
    for prefix in prefixes(text, size):
        streamed.feed(prefix)
    streamed.finish()
    assert values(streamed.blocks) == values(whole.blocks)


def test_finished_blocks_are_never_made_again() -> None:
    stream = BlockStream()
    stream.feed("one\n\ntwo\n\nthr")
    before = list(stream.blocks)
    stream.feed("one\n\ntwo\n\nthree and more")
    assert stream.blocks[0] is before[0]
    assert stream.blocks[1] is before[1]


def test_an_open_fence_only_appends() -> None:
    stream = BlockStream()
    code = "".join(f"line {index}\n" for index in range(100))
    stream.feed("```\n" + code)
    before = list(stream.blocks)
    stream.feed("```\n" + code + "one more")
    assert [new is old for new, old in zip(stream.blocks, before, strict=True)] == [True, True, False]


def test_a_long_list_is_cut_into_rows_and_goes_on_counting() -> None:
    stream = BlockStream()
    stream.feed("".join(f"{index}. item\n" for index in range(1, 101)))
    texts = [plain_text(block.paragraphs) for block in stream.blocks if isinstance(block, TextBlock)]
    assert len(texts) == 3
    assert texts[1].startswith("41.\t")


def test_a_service_may_correct_what_it_streamed() -> None:
    stream = BlockStream()
    stream.feed("one\n\ntwo")
    stream.feed("another")
    assert len(stream.blocks) == 1


def test_html_is_text() -> None:
    stream = BlockStream()
    stream.feed("<b>bold</b> <img src='http://example.org/x.png'> <script>alert(1)</script>")
    block = stream.blocks[0]
    assert isinstance(block, TextBlock)
    assert "<b>bold</b>" in plain_text(block.paragraphs)
    assert "<script>" in plain_text(block.paragraphs)


def test_pictures_and_bare_addresses_are_links() -> None:
    stream = BlockStream()
    stream.feed("![chart](https://example.org/c.png) and https://example.com/a?b=1.")
    block = stream.blocks[0]
    assert isinstance(block, TextBlock)
    links = [(span.text, span.style.href) for span in block.paragraphs[0].spans if span.style.ink is Ink.LINK]
    assert links == [
        ("chart", "https://example.org/c.png"),
        ("https://example.com/a?b=1", "https://example.com/a?b=1"),
    ]


def test_a_script_address_is_no_link() -> None:
    stream = BlockStream()
    stream.feed("[click](javascript:alert(1))")
    block = stream.blocks[0]
    assert isinstance(block, TextBlock)
    assert all(not span.style.href for span in block.paragraphs[0].spans)


def test_headings_have_their_kind() -> None:
    stream = BlockStream()
    stream.feed("# One\n\n## Two\n\n#### Four")
    kinds = [block.paragraphs[0].kind for block in stream.blocks if isinstance(block, TextBlock)]
    assert kinds == [Kind.HEADING_1, Kind.HEADING_2, Kind.HEADING_3]
