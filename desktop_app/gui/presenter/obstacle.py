"""What the window says when nothing can be opened behind it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.desktop import show_folder
from desktop_app.gui.text import describe, details
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.window import MainWindow

tr = partial(QCoreApplication.translate, "obstacle")


def show_obstacle(window: MainWindow, theme: Theme, error: ErrorInfo) -> None:
    """Say why the archive cannot be used, and offer its folder; nothing else can be done then."""
    text = describe(error)
    path = error.data.get("path", "")
    banner = Banner(theme)
    banner.action_requested.connect(lambda: show_folder(Path(path)))
    banner.copy_requested.connect(lambda: QGuiApplication.clipboard().setText(details(error)))
    window.left.setEnabled(False)
    window.conversation.composer.setEnabled(False)
    window.conversation.set_banner(banner)
    banner.say(text.title, text.help, tr("Show the folder") if path else "")
