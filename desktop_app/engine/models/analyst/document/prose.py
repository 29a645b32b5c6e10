"""Documents with text (PDF, plain text, Word, PowerPoint): length, beginning, frequent words."""

import re
from collections.abc import Callable

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.program import Program, Task, literal
from desktop_app.engine.models.analyst.shape import FileShape
from desktop_app.engine.models.analyst.table.correction import Failure
from desktop_app.engine.models.analyst.table.plan import free, slug

_FREQUENT = re.compile(r"\b(frequent|common|most used|word count|word cloud|words occur|top \d+ words)\b")
_TEXT = re.compile(r"\b(text|extract|convert|save|export|txt)\b")
_FIND = re.compile(
    r"\b(?:contains?|mentions?|find|search(?: for)?|occur|occurrences of|how often)\b.*?[\"“'`](.+?)[\"”'`]",
    re.IGNORECASE,
)


def prose_task(text: str, shape: FileShape, failures: tuple[Failure, ...], taken: frozenset[str]) -> Task | None:
    """Does what the question asks of the text: frequent words, a search, the text as a file, or an overview."""
    if failures and (shape.kind != "text" or failures[0].error != "UnicodeDecodeError" or len(failures) > 1):
        return None
    imports, compute, facts, about = _READERS[shape.kind](shape, "cp1252" if failures else "utf-8")
    intro = "The file is not UTF-8. Reading it as Latin-1." if failures else ""
    if found := _FIND.search(text):
        return _search(found[1], imports, compute, intro)
    if _FREQUENT.search(text.lower()):
        return _frequent(imports, compute, intro)
    if _TEXT.search(text.lower()) and shape.kind != "text":
        return _as_text(shape, imports, compute, taken)
    facts |= {"words": "len(text.split())", "characters": "len(text)", "start": "text.strip()[:600]"}
    show = ['print(f"{len(text.split()):,} words, {len(text):,} characters")', "print(text.strip()[:1000])"]

    def answer(found: Facts) -> str:
        size = (
            f"{about(found)}{wording.count(found.count('words'), 'word')} "
            f"({wording.count(found.count('characters'), 'character')})"
        )
        start = re.sub(r"\s+", " ", found.text("start"))
        quoted = (
            f" It begins:\n\n> {wording.escaped(start)}…"
            if start
            else " No text can be read from it: it may consist of scanned pictures."
        )
        return f"**{wording.escaped(shape.name)}** has {size}.{quoted}"

    return Task(intro, Program(imports, "\n".join(compute), "\n".join(show), facts), answer)


def _count(facts: Facts, noun: str) -> str:
    return wording.count(facts.count(f"{noun}s"), noun)


_Reader = tuple[tuple[str, ...], list[str], dict[str, str], Callable[[Facts], str]]


def _plain(shape: FileShape, encoding: str) -> _Reader:
    path = literal("/mnt/data/" + shape.name)
    return (("from pathlib import Path",), [f"text = Path({path}).read_text(encoding={literal(encoding)})"],
            {"lines": "len(text.splitlines())"}, lambda facts: f"{_count(facts, 'line')} and ")  # fmt: skip


def _pdf(shape: FileShape, _: str) -> _Reader:
    compute = [
        f"reader = PdfReader({literal('/mnt/data/' + shape.name)})",
        'text = "\\n".join(page.extract_text() for page in reader.pages)',
    ]
    facts = {
        "pages": "len(reader.pages)",
        "title": "(reader.metadata or {}).get('/Title')",
        "author": "(reader.metadata or {}).get('/Author')",
    }

    def about(facts: Facts) -> str:
        named = [
            f"{label} “{wording.escaped(facts.text(key))}”"
            for key, label in (("title", "titled"), ("author", "by"))
            if facts.text(key)
        ]
        return f"{wording.count(facts.count('pages'), 'page')}{', ' + ', '.join(named) + ',' if named else ''} and "

    return ("from pypdf import PdfReader",), compute, facts, about


def _docx(shape: FileShape, _: str) -> _Reader:
    compute = [
        f"document = Document({literal('/mnt/data/' + shape.name)})",
        'text = "\\n".join(paragraph.text for paragraph in document.paragraphs)',
    ]
    facts = {"paragraphs": "len(document.paragraphs)", "tables": "len(document.tables)"}
    return (("from docx import Document",), compute, facts,
            lambda facts: f"{_count(facts, 'paragraph')}, {_count(facts, 'table')} and ")  # fmt: skip


def _pptx(shape: FileShape, _: str) -> _Reader:
    compute = [
        f"presentation = Presentation({literal('/mnt/data/' + shape.name)})",
        "shapes = [shape for slide in presentation.slides for shape in slide.shapes]",
        'text = "\\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)',
    ]
    facts = {"slides": "len(presentation.slides)"}
    return (
        ("from pptx import Presentation",),
        compute,
        facts,
        lambda facts: f"{wording.count(facts.count('slides'), 'slide')} and ",
    )


_READERS: dict[str, Callable[[FileShape, str], _Reader]] = {"text": _plain, "pdf": _pdf, "docx": _docx, "pptx": _pptx}


def _frequent(imports: tuple[str, ...], compute: list[str], intro: str) -> Task:
    compute = [
        *compute,
        'words = re.findall(r"[^\\W\\d_]{4,}", text.lower())  # words of four letters and more',
        'counts = pd.Series(words, dtype="str").value_counts().head(15)',
    ]
    show = [
        "print(counts.to_string())",
        "",
        'fig, ax = plt.subplots(figsize=(9, 5), dpi=144, layout="constrained")',
        'ax.barh(counts.index, counts, color="#2457D6")',
        "ax.invert_yaxis()",
        'ax.set_title("Most frequent words")',
        'ax.set_xlabel("Times")',
        'ax.spines[["top", "right"]].set_visible(False)',
        "plt.show()",
    ]
    imports = (*imports, "import re", "import pandas as pd", "import matplotlib.pyplot as plt")
    facts = {"counts": "counts", "words": "len(words)"}
    return Task(
        intro,
        Program(imports, "\n".join(compute), "\n".join(show), facts),
        lambda facts: (
            "The most frequent words of four letters and more:\n\n"
            + wording.table(facts.table("counts"), ("Word", "Times"))
        ),
    )


def _search(wanted: str, imports: tuple[str, ...], compute: list[str], intro: str) -> Task:
    needle = literal(wanted.lower())
    compute = [*compute, f"lines = [line for line in text.splitlines() if {needle} in line.lower()]"]
    show = ['print(len(lines), "lines")', 'print("\\n".join(lines[:20]))']

    def answer(facts: Facts) -> str:
        found = facts.texts("lines")
        if not found:
            return f"{wording.code(wanted)} does not occur in the text."
        quoted = "\n".join(f"- {wording.escaped(line[:200])}" for line in found[:10])
        return (
            f"{wording.code(wanted)} occurs **{wording.count(facts.count('times'), 'time')}**, in "
            f"{wording.count(facts.count('count'), 'line')}:\n\n{quoted}"
        )

    facts = {"lines": "lines", "count": "len(lines)", "times": f"text.lower().count({needle})"}
    return Task(intro, Program(imports, "\n".join(compute), "\n".join(show), facts), answer)


def _as_text(shape: FileShape, imports: tuple[str, ...], compute: list[str], taken: frozenset[str]) -> Task:
    name = free(f"{slug(shape.name.rsplit('.', 1)[0])}.txt", taken)
    show = [f'Path({literal("/mnt/data/" + name)}).write_text(text, encoding="utf-8")', "print(text[:1000])"]
    facts = {"words": "len(text.split())", "start": "text.strip()[:400]"}

    def answer(facts: Facts) -> str:
        start = (
            f"\n\n> {wording.escaped(facts.text('start'))}…"
            if facts.text("start")
            else " There is hardly any: it may consist of scanned pictures."
        )
        return f"The text, {wording.count(facts.count('words'), 'word')}: {wording.link(name)}.{start}"

    return Task("", Program((*imports, "from pathlib import Path"), "\n".join(compute), "\n".join(show), facts), answer)
