"""The fields that dialogs about services share."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QStringListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "field")


class Field(QWidget):
    """A field with its caption above, and below it a hint that says what is expected or wrong."""

    def __init__(self, caption: str, field: QWidget, hint: str = "") -> None:
        super().__init__()
        self._field = field
        self.caption = label(caption, "strong")
        self.caption.setBuddy(field)
        self.hint = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.caption, field, self.hint):
            column.addWidget(widget)
        self.say(hint)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Change the hint; what is wrong is said in the colour of errors."""
        set_hint(self.hint, text, wrong=wrong)

    def mark(self, *, wrong: bool) -> None:
        """Outline the field, if its value cannot be used."""
        mark(self._field, wrong=wrong)


def set_hint(hint: QLabel, text: str, *, wrong: bool = False) -> None:
    """Change a field's hint; what is wrong is said in the colour of errors."""
    hint.setText(text)
    hint.setVisible(bool(text))
    hint.setProperty("tone", "error" if wrong else "small")
    hint.style().polish(hint)


def mark(field: QWidget, *, wrong: bool) -> None:
    """Outline a field whose value cannot be used."""
    if field.property("invalid") != wrong:
        field.setProperty("invalid", wrong)
        field.style().polish(field)


class TextField(QLineEdit):
    """One line, with a name for tests and one for people who hear it."""

    def __init__(self, name: str, words: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.home(False)  # where something is cut, names and addresses are told apart by how they begin

    def value(self) -> str:
        """Return what was typed, without the spaces around it."""
        return self.text().strip()


class KeyField(TextField):
    """A key: nobody sees it, and it cannot be copied out again."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(name, words, "", parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )


class ModelField(TextField):
    """A model: typed, or chosen from what the service lists."""

    def __init__(self, theme: Theme, name: str, words: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, words, text, parent)
        self._theme = theme
        self._models = QStringListModel(self)
        self._list = QAction(theme.icon("chevron-down"), tr("Show the list"), self)
        self.addAction(self._list, QLineEdit.ActionPosition.TrailingPosition)
        completer = QCompleter(self._models, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        self.setCompleter(completer)
        self._list.triggered.connect(self.show_list)
        theme.changed.connect(self._draw)  # a function would outlive the field
        self.set_models(())

    def set_models(self, models: Sequence[str]) -> None:
        """Offer these."""
        self._models.setStringList(list(models))
        self._list.setVisible(bool(models))

    def _draw(self) -> None:
        self._list.setIcon(self._theme.icon("chevron-down"))

    def show_list(self) -> None:
        """Open the list of what the service has."""
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()
