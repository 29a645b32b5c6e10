"""The fields that dialogs about services share."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QStringListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop_app.gui.theme.theme import Theme

tr = partial(QCoreApplication.translate, "field")


class TextField(QLineEdit):
    """One line, with a name for tests and one for people who hear it."""

    def __init__(self, name: str, words: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(words)

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
        self._models = QStringListModel(self)
        self._list = QAction(theme.icon("chevron-down"), tr("Show the list"), self)
        self.addAction(self._list, QLineEdit.ActionPosition.TrailingPosition)
        completer = QCompleter(self._models, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        self.setCompleter(completer)
        self._list.triggered.connect(self.show_list)
        theme.changed.connect(lambda: self._list.setIcon(theme.icon("chevron-down")))
        self.set_models(())

    def set_models(self, models: Sequence[str]) -> None:
        """Offer these."""
        self._models.setStringList(list(models))
        self._list.setVisible(bool(models))

    def show_list(self) -> None:
        """Open the list of what the service has."""
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()
