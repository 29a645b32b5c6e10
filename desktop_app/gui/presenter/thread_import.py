"""Threads that a service still has, brought into the list."""

import time
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.gui.dialogs.file import choose_files
from desktop_app.gui.dialogs.thread_import import ThreadImportDialog
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.text import kind_name
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.connection import Connections
from desktop_app.services.thread_import import ImportProgress, ThreadImport

tr = partial(QCoreApplication.translate, "import")


class ThreadImportPresenter(Presenter):
    """Lets the person import threads; closing the dialog ends the import."""

    def __init__(self, window: QWidget, imports: ThreadImport, connections: Connections, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._imports = imports
        self._connections = connections
        self._theme = theme

    def open(self) -> None:
        """Ask for a connection and ids."""
        choices = [
            (connection.id, connection.name or kind_name(connection.kind)) for connection in self._connections.items
        ]
        dialog = ThreadImportDialog(self._theme, choices, self._connections.current_id, self._window)
        choose = partial(choose_files, dialog, tr("Import threads"), lambda paths: dialog.show_file(paths[0]))
        dialog.file_requested.connect(choose)
        dialog.start_requested.connect(self._imports.start)
        dialog.cancel_requested.connect(self._imports.cancel)
        disconnect = self._imports.progressed.connect(partial(_show, dialog))
        dialog.finished.connect(lambda _result: disconnect())
        dialog.open()


def _show(dialog: ThreadImportDialog, progress: ImportProgress) -> None:
    dialog.show_progress(
        progress.done,
        progress.total,
        progress.imported,
        progress.errors,
        is_over=progress.is_over,
        wait=progress.until - time.time() if progress.until else 0.0,
    )
