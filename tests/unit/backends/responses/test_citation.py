"""Which place in a text a citation means, and which files an answer offers."""

import pytest

from desktop_app.backends.responses.citation import citations, links, offered, unresolved
from tests.unit.backends.responses.wire import cited, source

LINK = "sandbox:/mnt/data/made.csv"
TEXT = f"Here is [the table]({LINK}), and again [it]({LINK})."


def found(text: str, *annotations: dict[str, object]) -> list[tuple[str, str]]:
    part = {"type": "output_text", "text": text, "annotations": list(annotations)}
    made = links(text, citations(part, source()))
    assert all(text[link.start : link.end] == link.text for link in made)
    return [(link.text, link.file.id) for link in made]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (TEXT.index(LINK), TEXT.index(LINK) + len(LINK)),
        (TEXT.index("[the"), TEXT.index(")") + 1),
        (TEXT.index(LINK) - 3, TEXT.index(LINK) + len(LINK) - 3),
        (0, 1),
        (9_999, 10_000),
    ],
    ids=["exact", "the whole markdown link", "miscounted", "far before", "behind the end"],
)
def test_a_citation_finds_its_link(start: int, end: int) -> None:
    assert found(TEXT, cited("made.csv", start, end)) == [(LINK, "cntr_1/cfile_1")]


def test_two_citations_of_two_places_are_two_links() -> None:
    first, second = TEXT.index(LINK), TEXT.rindex(LINK)
    spans = [(first, first + len(LINK)), (second, second + len(LINK))]
    assert len(found(TEXT, *(cited("made.csv", *span) for span in spans))) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[a](sandbox:/mnt/data/my%20file.csv)", "my file.csv"),
        ("[a](sandbox:/mnt/data/my file.csv)", "my file.csv"),
        ("[a](sandbox:/mnt/data/out/b.csv)", "b.csv"),
        ("`sandbox:/mnt/data/b.csv`", "b.csv"),
        ("[a](sandbox:/mnt/data/a (1).csv)", "a (1).csv"),
    ],
)
def test_odd_names_are_found(text: str, name: str) -> None:
    ((words, _),) = found(text, cited(name, 0, len(text)))
    assert words.startswith("sandbox:/mnt/data/")
    assert words.endswith(".csv")


def test_a_file_that_no_link_names_is_offered_all_the_same() -> None:
    assert found("I saved it.", cited("made.csv", 0, 4)) == []
    part = {"text": "I saved it.", "annotations": [cited("made.csv", 0, 4), cited("made.csv", 5, 9)]}
    assert [file.name for file in offered(citations(part, source()), 0)] == ["made.csv"]


def test_a_named_chart_is_the_last_to_count_as_shown() -> None:
    part = {"annotations": [cited("chart.png", file_id="cfile_1"), cited("cfile_2.png", file_id="cfile_2")]}
    assert [file.name for file in offered(citations(part, source()), 1)] == ["chart.png"]
    assert offered(citations(part, source()), 2) == ()


def test_other_annotations_are_no_files() -> None:
    part = {"annotations": [{"type": "url_citation", "url": "x"}, {"type": "container_file_citation"}, "odd", None]}
    assert list(citations(part, source())) == []


def test_names_never_leave_their_folder() -> None:
    part = {"annotations": [cited("../../etc/passwd")]}
    assert [one.file.name for one in citations(part, source())] == ["passwd"]


def test_links_that_nothing_is_known_of_are_named() -> None:
    text = "[a](sandbox:/mnt/data/a%20b.csv) [b](sandbox:/mnt/data/c.csv)"
    part = {"annotations": [cited("c.csv", 0, 1)]}
    loose = list(unresolved(text, links(text, citations(part, source()))))
    assert [(path, text[start:end]) for path, start, end in loose] == [
        ("/mnt/data/a b.csv", "sandbox:/mnt/data/a%20b.csv")
    ]
