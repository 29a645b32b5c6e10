"""The transcript as the window sees it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.domain.entity import StoredFile, TranscriptItem
from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript import pool
from desktop_app.gui.transcript.image import ImageStore
from desktop_app.gui.transcript.jump_button import JumpButton
from desktop_app.gui.transcript.link import may_open
from desktop_app.gui.transcript.look import Look
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.row import FigureRow, FilesRow, Row
from desktop_app.gui.transcript.row_widget import Context
from desktop_app.gui.transcript.text_scroller import TextScroller
from desktop_app.gui.transcript.viewer import FigureViewer
from desktop_app.gui.transcript.warm import warm_up
from desktop_app.services.activity import Activity
from desktop_app.services.transcript import TranscriptChange

tr = partial(QCoreApplication.translate, "transcript")

_JUMP_MARGIN = 16


class TranscriptView(TextScroller):
    """Questions, code steps and answers of a thread.

    Signals:
        save_requested, open_requested, fetch_requested: With the `StoredFile`.
        link_activated: With an address that may be opened in the browser.
        retry_requested: To run again what failed last.
        details_copied: With the technical text of an error.
        action_requested: With the `ErrorAction` that helps against an error.
    """

    save_requested = Signal(object)
    open_requested = Signal(object)
    fetch_requested = Signal(object)
    link_activated = Signal(str)
    retry_requested = Signal()
    details_copied = Signal(str)
    action_requested = Signal(object)

    def __init__(
        self, theme: Theme, file_path: Callable[[StoredFile], Path | None], parent: QWidget | None = None
    ) -> None:
        """`file_path` says where a file's bytes are, or None while they are not here."""
        context = Context(Look(theme), ImageStore(), file_path)
        make = partial(pool.make_widget, context)
        super().__init__(TranscriptModel(), make, pool.widget_class, pool.estimate, parent)
        for owned in (context.look, context.requests, self.model):
            owned.setParent(self)
        self.context = context
        self.setObjectName("transcript")
        self.setAccessibleName(tr("Transcript"))
        self._jump = JumpButton(context.look, self)
        self._jump.clicked.connect(self.scroll_to_end)
        self._jump.hide()
        self._is_warm = False
        self._thread_id = ""
        self._places: dict[str, tuple[str, int]] = {}
        self.link_clicked.connect(self._on_link_clicked)
        self.at_end_changed.connect(self._on_at_end_changed)
        context.look.changed.connect(self.rebind)
        self._connect_requests()

    def set_items(self, items: Sequence[TranscriptItem]) -> None:
        """Shows a thread: where it was left, and at its end if that is where it was left."""
        self._keep_place()
        self._thread_id = items[0].thread_id if items else ""
        self.model.set_items(items)
        key, offset = self._places.get(self._thread_id, ("", 0))
        row = self.model.reveal(key) if key else None
        if row is not None:
            self.scroll_to_row(row, offset)

    def _keep_place(self) -> None:
        if self.follows or not self.model.rows:
            self._places.pop(self._thread_id, None)
        else:
            self._places[self._thread_id] = self.place()

    def apply(self, change: TranscriptChange) -> None:
        """Takes a change of the thread that is shown."""
        self.model.apply(change)

    def set_activity(self, activity: Activity | None) -> None:
        """Shows below everything what is being waited for."""
        self.model.set_activity(activity)

    def show_again(self, file: StoredFile) -> None:
        """Shows a file as it was: its bytes have not come."""
        for widget in self.shown:
            if isinstance(widget.row, FilesRow) and any(each.id == file.id for each in widget.row.files):
                widget.restyle()
                self.settle()

    def _connect_requests(self) -> None:
        requests = self.context.requests
        requests.toggle_requested.connect(self._on_toggle_requested)
        requests.more_requested.connect(self.model.show_all)
        requests.resized.connect(self.settle)
        requests.zoom_requested.connect(self._on_zoom_requested)
        requests.save_requested.connect(self.save_requested)
        requests.open_requested.connect(self.open_requested)
        requests.fetch_requested.connect(self.fetch_requested)
        requests.retry_requested.connect(self.retry_requested)
        requests.details_copied.connect(self.details_copied)
        requests.action_requested.connect(self.action_requested)

    def _on_toggle_requested(self, row: Row) -> None:
        index = self.model.index_of(row)
        if index is not None:
            self.hold(index)
            self.model.toggle(row)

    def _on_zoom_requested(self, file: StoredFile) -> None:
        path = self.context.file_path(file)
        if path is not None:
            viewer = FigureViewer(self.context.look, self.context.images, file, path, self)
            viewer.save_requested.connect(self.save_requested)
            viewer.open()

    def _on_at_end_changed(self, at_end: bool) -> None:
        self._jump.setVisible(not at_end)
        self._place_jump()

    def _place_jump(self) -> None:
        left, width = self.column()
        x = left + (width - self._jump.width()) // 2
        self._jump.move(x, self.height() - self._jump.height() - _JUMP_MARGIN)
        self._jump.raise_()

    def _on_link_clicked(self, index: int, href: str) -> None:
        """Follows a link: to a file of the run, or to the browser; anything else is left alone."""
        file = self.model.file(index, href)
        if file is not None:
            self.open_requested.emit(file)
        elif may_open(href):
            self.link_activated.emit(href)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self.viewport().mapFrom(self, event.pos())
        menu = self.menu_at(point)
        menu.popup(event.globalPos())

    def menu_at(self, point: QPoint) -> QMenu:
        """What can be done with what is at a point of the viewport."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr("Copy"), self.copy)
        copy.setObjectName("copy")
        copy.setEnabled(not self.selection.is_empty)
        hit = self.hit(point)
        if hit:
            index, widget, inner = hit
            clipboard = QGuiApplication.clipboard()
            href, code, markdown = widget.link_at(inner), self.model.code(index), self.model.markdown(index)
            for name, label, text in (
                ("copy-link", tr("Copy link"), href if may_open(href) else ""),
                ("copy-code", tr("Copy code"), code),
                ("copy-answer", tr("Copy whole answer as Markdown"), markdown),
            ):
                if text:
                    menu.addAction(label, partial(clipboard.setText, text)).setObjectName(name)
            self._add_figure_actions(menu, self.model.rows[index])
        menu.addSeparator()
        menu.addAction(tr("Select all"), self.select_all).setObjectName("select-all")
        return menu

    def _add_figure_actions(self, menu: QMenu, row: Row) -> None:
        if isinstance(row, FigureRow):
            menu.addSeparator()
            zoom = partial(self._on_zoom_requested, row.file)
            menu.addAction(tr("Zoom"), zoom).setObjectName("zoom-figure")
            save = partial(self.save_requested.emit, row.file)
            menu.addAction(tr("Save picture…"), save).setObjectName("save-figure")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.context.look.colour("surface"))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_jump()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_warm:
            self._is_warm = True
            QTimer.singleShot(0, self, warm_up)
