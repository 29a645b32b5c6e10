"""Takes threads over that a service still has, by their ids."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QWidget

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.measure import duration
from desktop_app.gui.override import override
from desktop_app.gui.text import describe
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.picker import Picker

tr = partial(QCoreApplication.translate, "import")

_MOST_SHOWN = 200
_IDS_HEIGHT = 104
_ERRORS_HEIGHT = 72


class ThreadImportDialog(Sheet):
    """Asks for ids, and says what came of them.

    Signals:
        start_requested: A connection's id, and the text that was typed or the path of a file.
        file_requested: The person wants to choose a file that holds them.
        cancel_requested: The import is not wanted any more; what has been imported stays.
    """

    start_requested = Signal(str, object)
    file_requested = Signal()
    cancel_requested = Signal()

    def __init__(
        self, theme: Theme, connections: Sequence[tuple[str, str]], current: str, parent: QWidget | None = None
    ) -> None:
        """`connections` are (id, name) pairs."""
        super().__init__(tr("Import threads"), "import-dialog", parent, width=560)
        self._running = False
        self._path: Path | None = None
        self.column.addWidget(
            label(
                tr("Services do not list your threads, but give each one to whoever knows its id.")
                + " "
                + tr("Messages, code and files are copied into the archive on this computer.")
                + " "
                + tr("A JSON dump of whole threads needs no service."),
                "muted",
                wrap=True,
            )
        )
        self._picker = Picker(theme, tr("Connection"), "import-connection", kind="field")
        self._picker.set_choices(connections, current)
        self.add_field(tr("&Connection"), self._picker)
        self._ids = QPlainTextEdit()
        self._ids.setObjectName("import-ids")
        self._ids.setAccessibleName(tr("Ids of threads"))
        self._ids.setPlaceholderText("thread_abc123\nconv_abc123")
        self._ids.setTabChangesFocus(True)
        self._ids.setFixedHeight(_IDS_HEIGHT)
        self.add_field(tr("&Ids, or a JSON dump"), self._ids)
        self._choose = Button(tr("Choose a JSON file…"), "import-file", kind="chip")
        tools = QHBoxLayout()
        tools.addWidget(self._choose)
        tools.addStretch()
        self.column.addLayout(tools)
        self._progress = QProgressBar()
        self._progress.setObjectName("import-progress")
        self._progress.setAccessibleName(tr("Progress"))
        self._progress.setTextVisible(False)
        self._progress.hide()
        self.column.addWidget(self._progress)
        self._result = ResultCard(theme, "import-result")
        self.column.addWidget(self._result)
        self._errors = QPlainTextEdit()
        self._errors.setObjectName("import-errors")
        self._errors.setAccessibleName(tr("What was not imported, and why"))
        self._errors.setReadOnly(True)
        self._errors.setTabChangesFocus(True)
        self._errors.setFixedHeight(_ERRORS_HEIGHT)
        self._errors.hide()
        self.column.addWidget(self._errors)
        self.column.addStretch()
        self._close = self.add_button(tr("Close"), "import-close")
        self._start = self.add_button(tr("Import"), "import-start", primary=True)
        self._choose.clicked.connect(self.file_requested)
        self._ids.textChanged.connect(self._on_ids_changed)
        self._close.clicked.connect(self.reject)
        self._start.clicked.connect(self._on_start)
        self._show_buttons()
        self._ids.setFocus()

    def show_file(self, path: Path) -> None:
        """Take what a file holds; typing takes its place again."""
        self._ids.clear()
        self._path = path
        self._ids.setPlaceholderText(tr("What is in “{name}”").format(name=path.name))
        self._show_buttons()
        self._start.setFocus()

    def show_progress(
        self,
        done: int,
        total: int,
        imported: int,
        errors: Sequence[tuple[str, ErrorInfo]],
        *,
        is_over: bool,
        wait: float = 0.0,
    ) -> None:
        """Say how far it is, and in the end what came of it; `wait` are the seconds that the service asked for."""
        self._running = not is_over
        self._progress.setVisible(not is_over)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._show_errors(errors)
        if not is_over:
            self._result.say_testing(
                tr("{done} of {total}").format(done=done, total=total),
                tr("The service asks to wait {time}.").format(time=duration(wait)) if wait > 0 else "",
            )
        elif imported:
            self._result.say("ok" if not errors else "running", _imported(imported), _left_out(len(errors)))
        elif errors:
            self._result.say("error", tr("No thread was imported"), "")
        else:
            self._result.say("running", tr("No thread was imported"), tr("It was stopped before the first one."))
        self._show_buttons()

    def _show_errors(self, errors: Sequence[tuple[str, ErrorInfo]]) -> None:
        lines = [_line(name, error) for name, error in errors[:_MOST_SHOWN]]
        if len(errors) > _MOST_SHOWN:
            lines.append(tr("… and {count} more").format(count=len(errors) - _MOST_SHOWN))
        self._errors.setPlainText("\n".join(lines))
        self._errors.setVisible(bool(lines))

    def _on_ids_changed(self) -> None:
        if self._ids.toPlainText():
            self._path = None
            self._ids.setPlaceholderText("")
        self._show_buttons()

    def _on_start(self) -> None:
        if self._running:
            self.cancel_requested.emit()
            return
        self._running = True
        self._errors.hide()
        self._result.say_testing(tr("Reading the ids…"))
        self._show_buttons()
        self.start_requested.emit(self._picker.current(), self._path or self._ids.toPlainText())

    def _show_buttons(self) -> None:
        has_ids = self._path is not None or bool(self._ids.toPlainText().strip())
        self._start.setText(tr("Stop") if self._running else tr("Import"))
        self._start.setEnabled(self._running or (has_ids and bool(self._picker.current())))
        self._picker.setEnabled(not self._running)
        self._ids.setReadOnly(self._running)
        self._choose.setEnabled(not self._running)

    @override
    def done(self, result: int) -> None:
        if self._running:
            self._running = False
            self.cancel_requested.emit()
        super().done(result)


def _line(name: str, error: ErrorInfo) -> str:
    words = describe(error).title
    return f"{name}: {words}" if name else words


def _imported(count: int) -> str:
    return tr("1 thread was imported") if count == 1 else tr("{count} threads were imported").format(count=count)


def _left_out(count: int) -> str:
    here = tr("You find what was imported in the list on the left.")
    if count == 0:
        return here
    rest = tr("One was not:") if count == 1 else tr("{count} were not:").format(count=count)
    return f"{here} {rest}"
