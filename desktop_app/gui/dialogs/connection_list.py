"""All connections: what they are, whether they can be used, and what can be done with each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.connection import ConnectionReport
from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.flow import FlowLayout
from desktop_app.gui.widgets.label import ElidedLabel

tr = partial(QCoreApplication.translate, "connections")


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection in words.

    Attributes:
        about: What kind of service it is, and where.
        state: How one signs in, and whether its key is there.
        is_complete: Nothing is missing to use it.
        can_remove: False for the engine, which is always there and tests itself.
    """

    id: str
    name: str
    about: str
    state: str
    is_complete: bool = True
    can_remove: bool = True


class ConnectionList(Sheet):
    """Shows connections; whatever is done with one is asked for.

    Signals:
        add_requested: Another one is wanted.
        edit_requested, test_requested, remove_requested: The id of the one it is about.
        cancel_requested: The test that goes on is not wanted any more.
    """

    add_requested = Signal()
    edit_requested = Signal(str)
    test_requested = Signal(str)
    remove_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Connections"), "connection-list", parent, width=560)
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._testing = ""
        self._tools = FlowLayout()
        self.column.addLayout(self._tools)
        self.column.addStretch()
        add = self.add_button(tr("Add a connection…"), "connection-add", primary=True, at_start=True)
        close = self.add_button(tr("Close"), "connection-list-close")
        add.clicked.connect(self._on_add)
        close.clicked.connect(self.accept)
        add.setFocus()

    def add_tool(self, text: str, name: str, slot: Callable[[], object]) -> Button:
        """Offer something that concerns no single connection."""
        button = Button(text, name, kind="chip")
        button.clicked.connect(lambda _checked=False: slot())
        self._tools.addWidget(button)
        return button

    def show_rows(self, rows: Sequence[ConnectionRow]) -> None:
        """Show these, in this order; the results of tests stay where they are."""
        for gone in self._rows.keys() - {row.id for row in rows}:
            widget = self._rows.pop(gone)
            self.column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        for place, row in enumerate(rows):
            if row.id not in self._rows:
                self._rows[row.id] = self._made(row.id)
                self.column.insertWidget(place, self._rows[row.id])
            self._rows[row.id].show_row(row)

    def show_report(self, report: ConnectionReport) -> None:
        """Say what the test that was asked for has found."""
        row = self._rows.get(self._testing)
        self._testing = ""
        if row is not None:
            row.show_report(report)

    def show_removing(self, connection_id: str) -> None:
        """Say that the service is being cleaned up, which may take its time; the row goes when that is done."""
        if connection_id in self._rows:
            self._stop()
            self._rows[connection_id].show_removing()

    def show_not_removed(self, connection_id: str, error: ErrorInfo) -> None:
        """Say why a connection has stayed."""
        if connection_id in self._rows:
            self._rows[connection_id].show_error(error)

    def _made(self, connection_id: str) -> "_Row":
        row = _Row(self._theme)
        row.edit.clicked.connect(lambda: self._on_edit(connection_id))
        row.remove.clicked.connect(lambda: self.remove_requested.emit(connection_id))
        row.test.clicked.connect(lambda: self._on_test(connection_id))
        return row

    def _on_add(self) -> None:
        self._stop()
        self.add_requested.emit()

    def _on_edit(self, connection_id: str) -> None:
        self._stop()
        self.edit_requested.emit(connection_id)

    def _on_test(self, connection_id: str) -> None:
        before = self._testing
        self._stop()
        if before != connection_id:
            self._testing = connection_id
            self._rows[connection_id].show_testing()
            self.test_requested.emit(connection_id)

    def _stop(self) -> None:
        """End a test, whose answer would come when something else is asked."""
        testing, self._testing = self._testing, ""
        if testing:
            self.cancel_requested.emit()
            if testing in self._rows:
                self._rows[testing].show_idle()

    @override
    def done(self, result: int) -> None:
        self._stop()
        super().done(result)


class _Row(QFrame):
    """One connection, its buttons, and below them what a test found."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("connection-row")
        self.setProperty("kind", "card")
        self._name = ElidedLabel("", "strong")
        self._about = ElidedLabel("", "small")
        self._state = ElidedLabel("", "small")
        self.test = Button(tr("Test"), "connection-test", kind="chip")
        self.edit = Button(tr("Edit…"), "connection-edit", kind="chip")
        self.remove = Button(tr("Remove…"), "connection-remove", kind="chip")
        self._result = ResultCard(theme, "connection-result")
        words = QVBoxLayout()
        words.setSpacing(2)
        for line in (self._name, self._about, self._state):
            words.addWidget(line)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addLayout(words, 1)
        for button in (self.test, self.edit, self.remove):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._result)

    def show_row(self, row: ConnectionRow) -> None:
        """Show a connection as it is now."""
        self._name.setText(row.name)
        self._about.setText(row.about)
        self._state.setText(row.state)
        self._state.setProperty("tone", "small" if row.is_complete else "error")
        self._state.style().polish(self._state)
        self.setAccessibleName(f"{row.name}. {row.about}. {row.state}")
        self.test.setVisible(row.can_remove)
        self.remove.setVisible(row.can_remove)
        self.test.setAccessibleName(tr("Test {name}").format(name=row.name))
        self.edit.setAccessibleName(tr("Edit {name}").format(name=row.name))
        self.remove.setAccessibleName(tr("Remove {name}").format(name=row.name))

    def show_testing(self) -> None:
        """Say that the test is going on."""
        self.test.setText(tr("Stop"))
        self._result.say_testing(tr("Testing…"))

    def show_idle(self) -> None:
        """Say nothing of a test."""
        self.test.setText(tr("Test"))
        self._result.clear()

    def show_removing(self) -> None:
        """Say that what the service keeps is being deleted."""
        self._allow(change=False)
        self._result.say_testing(tr("Deleting there what this program has put…"))

    def show_error(self, error: ErrorInfo) -> None:
        """Say what went wrong."""
        self._allow(change=True)
        self._result.say_error(error)

    def show_report(self, report: ConnectionReport) -> None:
        """Say what the test has found."""
        self.test.setText(tr("Test"))
        if report.error is not None:
            self.show_error(report.error)
        elif report.is_model_tested:
            self._result.say("ok", tr("It works, and its model answers"), "")
        else:
            self._result.say("ok", tr("It works"), tr("No model was asked."))

    def _allow(self, *, change: bool) -> None:
        for button in (self.test, self.edit, self.remove):
            button.setEnabled(change)
