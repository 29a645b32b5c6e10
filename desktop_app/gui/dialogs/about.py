"""Says what this program is, and which keys it knows."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.widgets.label import label
from desktop_app.system import resource

tr = partial(QCoreApplication.translate, "about")


class AboutDialog(Sheet):
    """Name, version, licence, and the works of others in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        name = QCoreApplication.applicationName()
        super().__init__(tr("About {name}").format(name=name), "about-dialog", parent, width=440)
        icon = QLabel()
        icon.setPixmap(QIcon(str(resource.find("icons/assistant-desk.svg"))).pixmap(48, 48))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(f"{name} {QCoreApplication.applicationVersion()}", "strong"))
        words.addWidget(
            label(tr("Drop a file, ask a question, watch the code run, keep the result."), "muted", wrap=True)
        )
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(icon)
        row.addLayout(words, 1)
        self.column.addLayout(row)
        self.column.addWidget(
            label(
                tr("Free software under the MIT licence.")
                + " "
                + tr("Built with Python, Qt for Python (LGPL) and the Lucide icons (ISC)."),
                "small",
                wrap=True,
            )
        )
        close = self.add_button(tr("Close"), "about-close", primary=True)
        close.clicked.connect(self.accept)


class ShortcutDialog(Sheet):
    """A table of what each key does."""

    def __init__(self, shortcuts: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`shortcuts` are pairs of what is done and the key for it."""
        super().__init__(tr("Keyboard shortcuts"), "shortcut-dialog", parent, width=400)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, (words, key) in enumerate(shortcuts):
            grid.addWidget(label(words), row, 0)
            grid.addWidget(label(key, "small"), row, 1, Qt.AlignmentFlag.AlignTrailing)
        self.column.addLayout(grid)
        close = self.add_button(tr("Close"), "shortcut-close", primary=True)
        close.clicked.connect(self.accept)
