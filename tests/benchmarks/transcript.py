"""What the transcript costs, beside the least it could cost: the same text in a `QPlainTextEdit`.

Prints one JSON object a line: `figure`, `unit`, `ours`, `floor` and their `ratio`. CPU time, so that other programs
on the computer do not count.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from desktop_app.domain.entity import Answer, MessageState, Question, Run, RunState, TextPart, TranscriptItem
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.services.transcript import ChangeScope, TranscriptChange

SIZE = (848, 860)
DELTAS = 4_000
FRAMES = 200
_ANSWER = """The **median** is 12.4, the mean {number}. Three things stand out:

1. The first group grows by *8 %* a year.
2. The second one does not.
3. `NaN` stands in 14 rows.

```python
frame.groupby("sector").operating_profit.median()
```

| sector | profit |
| --- | ---: |
| ENERGY | 990.1 |
| TRANSPORTATION | 1,257.4 |
"""
_WORDS = "A sentence of an answer with **some** emphasis and `code` in it, as models write them. "


def main() -> int:
    """Measure everything and print it."""
    app = QApplication(sys.argv)
    theme = Theme(app, ThemeChoice.LIGHT)
    _view(theme, _thread(2))  # what is imported and cached once is not counted
    for count in (200, 10_000):
        items = _thread(count)
        text = "\n\n".join(_text(item) for item in items)
        ours = min(_cost(partial(_view, theme, items)) for _ in range(3))
        floor = min(_cost(partial(_plain, text)) for _ in range(3))
        _report(f"first paint at {count} messages", "CPU ms", ours, floor)
    _report(f"{DELTAS} streamed deltas", "CPU ms", _cost(partial(_stream, theme)), _cost(_insert))
    frames, plain = _scroll(theme)
    _report("median frame while scrolling", "CPU ms", statistics.median(frames), statistics.median(plain))
    _report("worst frame while scrolling", "CPU ms", max(frames), max(plain))
    return 0


def _report(figure: str, unit: str, ours: float, floor: float) -> None:
    values = {"figure": figure, "unit": unit, "ours": round(ours, 2), "floor": round(floor, 2)}
    sys.stdout.write(json.dumps(values | {"ratio": round(ours / floor, 2)}) + "\n")


def _cost(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def _thread(count: int) -> tuple[TranscriptItem, ...]:
    items: list[TranscriptItem] = []
    for number in range(0, count, 2):
        items.append(Question(f"q{number}", "t", f"Question {number}?", (), 0.0, MessageState.SENT))
        answer = Answer("a", (TextPart(_ANSWER.format(number=number)),), complete=True)
        items.append(Run(f"r{number}", "t", f"q{number}", "Analyst", "", 0.0, RunState.COMPLETED, items=(answer,)))
    return tuple(items)


def _text(item: TranscriptItem) -> str:
    if isinstance(item, Question):
        return item.text
    answers = (part for each in item.items if isinstance(each, Answer) for part in each.parts)
    return "\n".join(part.text for part in answers if isinstance(part, TextPart))


def _view(theme: Theme, items: Sequence[TranscriptItem]) -> None:
    view = TranscriptView(theme, lambda _file: None)
    view.set_items(items)
    _paint(view)
    _drop(view)


def _plain(text: str) -> None:
    editor = QPlainTextEdit()
    editor.setPlainText(text)
    _paint(editor)
    _drop(editor)


def _stream(theme: Theme) -> None:
    """One answer in deltas of a few letters, each with a frame of its own: the worst case."""
    view = TranscriptView(theme, lambda _file: None)
    run = Run("r", "t", "q", "Analyst", "", 0.0, RunState.IN_PROGRESS)
    view.set_items([run])
    _paint(view)
    text = ""
    for index, piece in enumerate(_pieces()):
        text += piece
        answer = Answer("a", (TextPart(text),))
        view.apply(TranscriptChange("t", ChangeScope.ITEM_CHANGED, replace(run, items=(answer,)), "a"))
        if index % 4 == 3:
            view.model.flush()
            QApplication.processEvents()
    _drop(view)


def _insert() -> None:
    editor = QPlainTextEdit()
    _paint(editor)
    for index, piece in enumerate(_pieces()):
        cursor = editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        if index % 4 == 3:
            bar = editor.verticalScrollBar()
            bar.setValue(bar.maximum())
            QApplication.processEvents()
    _drop(editor)


def _pieces() -> list[str]:
    paragraph = _WORDS * 5 + "\n\n"
    text = paragraph * (DELTAS * 4 // len(paragraph) + 1)
    return [text[index * 4 : index * 4 + 4] for index in range(DELTAS)]


def _scroll(theme: Theme) -> tuple[list[float], list[float]]:
    items = _thread(10_000)
    view = TranscriptView(theme, lambda _file: None)
    view.set_items(items)
    _paint(view)
    frames = [_cost(partial(_frame, partial(view.scroll_by, -120))) for _ in range(FRAMES)]
    _drop(view)
    editor = QPlainTextEdit()
    editor.setPlainText("\n\n".join(_text(item) for item in items))
    _paint(editor)
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum())
    plain = [_cost(partial(_frame, lambda: bar.setValue(bar.value() - 6))) for _ in range(FRAMES)]
    _drop(editor)
    return frames, plain


def _frame(scroll: Callable[[], object]) -> None:
    scroll()
    QApplication.processEvents()


def _paint(widget: QWidget) -> None:
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()
    widget.grab()


def _drop(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    QApplication.processEvents()


if __name__ == "__main__":
    sys.exit(main())
