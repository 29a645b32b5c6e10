"""What a test has found: a mark and words, and a sign that turns while it goes on."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.text import describe
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.announce import announce
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.spinner import Spinner

tr = partial(QCoreApplication.translate, "result")

_MARKS = {"ok": "circle-check", "running": "triangle-alert", "error": "circle-alert"}


class ResultCard(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "card")
        self.setAccessibleName(tr("Result of the test"))
        self._theme = theme
        self._state = ""
        self._spinner = Spinner(theme)
        self._mark = QLabel()
        self._title = label("", "strong", wrap=True)
        self._title.setObjectName(f"{name}-title")
        self._text = label("", "muted", wrap=True)
        self._text.setObjectName(f"{name}-text")
        self.words = QVBoxLayout()
        self.words.setSpacing(4)
        self.words.addWidget(self._title)
        self.words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(10)
        for widget in (self._spinner, self._mark):
            row.addWidget(widget)
            row.setAlignment(widget, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self.words, 1)
        theme.changed.connect(self._draw)
        self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    def say_testing(self, title: str, text: str = "") -> None:
        """Say that something is going on."""
        self.say("", title, text)

    def say_error(self, error: ErrorInfo) -> None:
        """Say what is wrong and what to do; the technical text is a tool tip."""
        text = describe(error)
        self.say("error", text.title, text.help, error.detail)

    def say(self, state: str, title: str, text: str, detail: str = "") -> None:
        """Say something; the state is `ok`, `running` for a warning, `error`, or empty while the test goes on."""
        self._state = state
        self._spinner.setVisible(not state)
        self._mark.setVisible(bool(state))
        self._draw()
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setToolTip(detail)
        self.show()
        announce(self, f"{title}. {text}")

    def _draw(self) -> None:
        if self._state:
            self._mark.setPixmap(self._theme.icon(_MARKS[self._state], self._state).pixmap(16, 16))
