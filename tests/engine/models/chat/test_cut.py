"""Wherever the wire or the model cuts, the same comes out."""

import json
from collections.abc import Iterable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat.argument import CodeArgument
from desktop_app.engine.models.chat.fence import Block, FenceSplitter, Piece
from desktop_app.engine.models.chat.reply import ReplyDecoder, ToolMode
from desktop_app.engine.models.chat.sse import ChunkDecoder
from desktop_app.engine.models.chat.thought import ThoughtFilter
from tests.engine.models.chat.ask import Gathered
from tests.harness.chat_server import Dialect, Reply

REPLY = Reply("Let ünß look → \U0001f4c8.\n\n```js\nx\n```\n", ('print("ä\\n\U0001f4c8")', "2"), thought="Hm.\n")
CUTS = st.lists(st.integers(min_value=1, max_value=400), max_size=40)


Sliced = TypeVar("Sliced", str, bytes)


def cut(whole: Sliced, sizes: Iterable[int]) -> list[Sliced]:
    pieces: list[Sliced] = []
    for size in sizes:
        pieces.append(whole[:size])
        whole = whole[size:]
    pieces.append(whole)
    return pieces


def decode(pieces: Iterable[bytes], mode: ToolMode) -> Gathered:
    chunks, gathered = ChunkDecoder(), Gathered()
    decoder = ReplyDecoder(mode, lambda chunk: DeskError(ErrorCode.SERVER_FAILED, str(chunk)))
    for data in pieces:
        for chunk in chunks.feed(data):
            for event in decoder.feed(chunk):
                gathered.add(event)
    for chunk in chunks.close():
        for event in decoder.feed(chunk):
            gathered.add(event)
    for event in decoder.close(is_done=chunks.finished):
        gathered.add(event)
    return gathered


@pytest.mark.parametrize("mode", [ToolMode.NATIVE, ToolMode.EITHER, ToolMode.FENCED])
@pytest.mark.parametrize("dialect", Dialect)
@settings(max_examples=20, deadline=None)
@given(sizes=CUTS)
def test_cutting_the_wire_changes_nothing(dialect: Dialect, mode: ToolMode, sizes: list[int]) -> None:
    body = b"".join(dialect.write(REPLY))
    assert decode(cut(body, sizes), mode) == decode([body], mode)


@pytest.mark.parametrize("dialect", Dialect)
def test_every_byte_by_itself_changes_nothing(dialect: Dialect) -> None:
    body = b"".join(dialect.write(REPLY))
    assert decode(cut(body, [1] * len(body)), ToolMode.EITHER) == decode([body], ToolMode.EITHER)


def argument(pieces: Iterable[str]) -> str:
    decoder = CodeArgument()
    return "".join([*(decoder.feed(piece) for piece in pieces), decoder.close()])


@settings(deadline=None)
@given(code=st.text(), sizes=st.lists(st.integers(1, 9)), ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_the_argument_decoder_agrees_with_json(
    code: str, sizes: list[int], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps({"language": "python", "code": code, "n": [1]}, ensure_ascii=ascii_only, indent=indent)
    assert argument(cut(text, sizes)) == json.loads(text)["code"]


@settings(deadline=None)
@given(code=st.text(), sizes=st.lists(st.integers(1, 9)))
def test_raw_code_comes_through_as_it_is(code: str, sizes: list[int]) -> None:
    text = "print(1)\n" + code
    assert argument(cut(text, sizes)) == text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('{"code": "a\nb"}', "a\nb"),
        ('{"code":"re.sub(\\"\\d+\\", s)"}', 're.sub("\\d+", s)'),
        ('{"code": "print("hi")"}', 'print("hi")'),
        ('{"code": "x = 1"} and so on', "x = 1"),
        ('{"code": "x = 1', "x = 1"),
        ('{"code": "x = 1\\', "x = 1"),
        ('{"code": "\\ud83d', "\N{REPLACEMENT CHARACTER}"),
        ('{"code": "\\ud83d!"}', "\N{REPLACEMENT CHARACTER}!"),
        ('{"code": "\\u00zz"}', "\\u00zz"),
        ('{"script": "x"}', "x"),
        ('{"title": "x", "cell": "y"}', "x"),
        ('{"arguments": {"code": "x"}}', "x"),
        ('{"name": "python", "parameters": {"code": "x", "input": "y"}}', "x"),
        ("{1, 2}", "{1, 2}"),
        ('"hello".upper()', '"hello".upper()'),
        ('"{broken', '"{broken'),
        (" \n", ""),
        ("{}", ""),
        ("", ""),
    ],
)
def test_odd_arguments(arguments: str, code: str) -> None:
    assert argument([arguments]) == code
    assert argument(list(arguments)) == code


def test_code_comes_while_it_is_written() -> None:
    decoder = CodeArgument()
    assert [decoder.feed(piece) for piece in ('{"co', 'de": "pri', "nt(", "\\", 'n"', "}")] == [
        "",
        "pri",
        "nt(",
        "",
        "\n",
        "",
    ]


PROSE = st.lists(
    st.sampled_from(["a", " ", "\n", "`", "```", "```python\n", "\n```\n", "print(1)", "<think>", "</think>", "~"]),
    max_size=25,
).map("".join)


def merged(pieces: Iterable[Piece]) -> list[tuple[str, str]]:
    result: list[tuple[str, str]] = []
    for piece in pieces:
        kind = type(piece).__name__
        text = piece.text if not hasattr(piece, "source") else piece.source
        if result and result[-1][0] == kind and kind != "BlockEnd":
            text = result.pop()[1] + text
        result.append((kind, text))
    return result


def split(pieces: Iterable[str]) -> list[tuple[str, str]]:
    splitter = FenceSplitter()
    return merged([*(found for piece in pieces for found in splitter.feed(piece)), *splitter.close()])


@settings(deadline=None)
@given(text=PROSE, sizes=st.lists(st.integers(1, 5)))
def test_fences_are_found_wherever_the_text_is_cut(text: str, sizes: list[int]) -> None:
    found = split(cut(text, sizes))
    assert found == split([text])
    assert "".join(part for kind, part in found if kind != Block.__name__) == text


@settings(deadline=None)
@given(text=PROSE, sizes=st.lists(st.integers(1, 5)))
def test_thoughts_are_found_wherever_the_text_is_cut(text: str, sizes: list[int]) -> None:
    def filtered(pieces: Iterable[str]) -> str:
        thoughts = ThoughtFilter()
        return "".join([*(thoughts.feed(piece) for piece in pieces), thoughts.close()])

    assert filtered(cut(text, sizes)) == filtered([text])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>a</think>\n\nb", "b"),
        (" \n<think>\na\n</think>b", "b"),
        ("<think></think><think>a</think>b", "b"),
        ("<think>never ends", ""),
        ("b\n<think>a</think>c", "b\nc"),
        ("Write `<think>` there", "Write `<think>` there"),
        ("<thin air>", "<thin air>"),
        ("  b\n  c ", "b\n  c "),
    ],
)
def test_thoughts(text: str, answer: str) -> None:
    thoughts = ThoughtFilter()
    assert "".join([*map(thoughts.feed, text), thoughts.close()]) == answer
