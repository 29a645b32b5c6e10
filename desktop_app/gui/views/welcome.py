"""What a thread without messages shows: what one can do here."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.mark import FileBadge

tr = partial(QCoreApplication.translate, "welcome")

_WIDTH = 560


class Welcome(QWidget):
    """An invitation, and at the first start a sample to try it with.

    Signals:
        question_chosen: One of the sample's questions was clicked; its number.
    """

    question_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._theme = theme
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = label(tr("Drop a file, ask a question"), "display", wrap=True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = label(
            tr("The assistant writes Python and runs it in a sandbox on this computer.")
            + "\n"
            + tr("You see every step."),
            "muted",
            wrap=True,
        )
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._inner = QVBoxLayout()
        self._inner.setSpacing(8)
        self._inner.addWidget(self._icon)
        self._inner.addSpacing(4)
        self._inner.addWidget(self._title)
        self._inner.addWidget(self._text)
        self._sample: QWidget | None = None
        box = QWidget()
        box.setMaximumWidth(_WIDTH)
        box.setLayout(self._inner)
        self._inner.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box, 100)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)
        theme.changed.connect(self._draw)
        self._draw()

    def show_sample(self, name: str, source: str, questions: Sequence[str]) -> None:
        """Offer a sample data set with its source and questions to click; no questions, no sample."""
        if self._sample is not None:
            self._inner.removeWidget(self._sample)
            self._sample.deleteLater()
            self._sample = None
        if questions:
            self._sample = self._make_sample(name, source, questions)
            self._inner.addWidget(self._sample)

    def _make_sample(self, name: str, source: str, questions: Sequence[str]) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 20, 0, 0)
        column.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label(tr("Try it with {name}").format(name=name), "strong", wrap=True))
        words.addWidget(label(source, "small", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(FileBadge(self._theme, name))
        row.addLayout(words, 1)
        column.addLayout(row)
        column.addSpacing(4)
        for number, question in enumerate(questions):
            button = Button(question, f"sample-{number}", kind="question", theme=self._theme, icon="chart-column")
            button.clicked.connect(lambda _checked=False, number=number: self.question_chosen.emit(number))
            column.addWidget(button)
        return page

    def _draw(self) -> None:
        self._icon.setPixmap(self._theme.icon("chart-column", "accent", 32).pixmap(32, 32))
