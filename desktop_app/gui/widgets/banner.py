"""A message that stays until it is answered: what happened, what it means, one button that helps."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.announce import announce
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import label

_TOP = Qt.AlignmentFlag.AlignTop


class Banner(QFrame):
    """Hidden until `say`.

    Signals:
        action_requested: The helping button was pressed.
        copy_requested: "Copy details" was pressed.
    """

    action_requested = Signal()
    copy_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = QCoreApplication.translate
        self._theme = theme
        self.setObjectName("banner")
        self.setProperty("kind", "banner")
        self.setAccessibleName(tr("banner", "Problem"))
        self._mark = QLabel()
        self._title = label("", "strong", wrap=True)
        self._help = label("", wrap=True)
        self._action = Button("", "banner-action")
        self._copy = Button(tr("banner", "Copy details"), "banner-copy", kind="link")
        self._close = IconButton(theme, "x", tr("banner", "Dismiss"), "banner-dismiss", tint="text")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._action)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._help)
        column.addSpacing(4)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(10)
        row.addWidget(self._mark, 0)
        row.setAlignment(self._mark, _TOP)
        row.addLayout(column, 1)
        row.addWidget(self._close)
        row.setAlignment(self._close, _TOP)
        self._action.clicked.connect(self.action_requested)
        self._copy.clicked.connect(self.copy_requested)
        self._close.clicked.connect(self.hide)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def say(self, title: str, help_text: str, action: str) -> None:
        """Show a problem; an empty `action` means there is no button that helps."""
        self._title.setText(title)
        self._help.setText(help_text)
        self._help.setVisible(bool(help_text))
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.show()
        announce(self, f"{title}. {help_text}")

    def _draw(self) -> None:
        self._mark.setPixmap(self._theme.icon("circle-alert", "error").pixmap(16, 16))
