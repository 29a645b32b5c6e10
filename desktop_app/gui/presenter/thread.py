"""Threads in the left pane: choose, make, rename, delete, search."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QPoint, QTimer, Signal
from PySide6.QtWidgets import QMenu

from desktop_app.gui.models.thread import HitModel, ThreadModel
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.left_list import LeftLists
from desktop_app.gui.views.left_pane import LeftPane
from desktop_app.gui.views.row_delegate import HitDelegate, ThreadDelegate
from desktop_app.gui.widgets.spinner import is_animated
from desktop_app.services.assistant import Assistants
from desktop_app.services.thread import SearchResult, Threads

tr = partial(QCoreApplication.translate, "threads")

_TURN_MS = 40
_TURN_DEGREES = 15
_CLOCK_MS = 60_000
"""How often Today becomes Yesterday."""


class ThreadPresenter(Presenter):
    """Shows the list, and the search in its place while there is a query.

    Signals:
        thread_made: The person wants to begin something; the thread for it is open.
    """

    thread_made = Signal()

    def __init__(
        self, pane: LeftPane, lists: LeftLists, threads: Threads, assistants: Assistants, session: Session, theme: Theme
    ) -> None:
        super().__init__(pane)
        self._pane = pane
        self._lists = lists
        self._threads = threads
        self._assistants = assistants
        self._session = session
        self._model = ThreadModel(self)
        self._hits = HitModel(self)
        self._delegate = ThreadDelegate(theme, lists.threads)
        lists.threads.setModel(self._model)
        lists.threads.setItemDelegate(self._delegate)
        lists.hits.setModel(self._hits)
        lists.hits.setItemDelegate(HitDelegate(theme, lists.hits))
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._refresh)
        self._clock.start()
        pane.new_thread_requested.connect(self.new_thread)
        pane.search.query_changed.connect(self._search)
        pane.search.list_requested.connect(lists.focus_list)
        lists.threads.chosen.connect(session.open)
        lists.threads.delete_requested.connect(self.delete)
        lists.threads.menu_requested.connect(self._open_menu)
        lists.hits.chosen.connect(session.open)
        lists.hits.left.connect(self._leave_search)
        self._delegate.renamed.connect(threads.rename)
        session.thread_changed.connect(self._show_current)
        self.follow(threads.changed, lambda _: self._refresh())
        self.follow(threads.found, self._on_found)
        self._refresh()

    def new_thread(self) -> None:
        """Open a thread without messages, with the assistant of the open one."""
        current = self._threads.get(self._session.thread_id)
        assistant = self._assistants.get(current.assistant_id) if current else None
        thread = self._threads.create((assistant or self._assistants.default).id)
        self._pane.search.clear()
        self._session.open(thread.id)
        self.thread_made.emit()

    def delete(self, thread_id: str) -> None:
        """Delete a thread; the notice that follows can take it back. The next one is opened."""
        items = [thread.id for thread in self._threads.items]
        self._threads.delete(thread_id)
        if thread_id == self._session.thread_id:
            place = items.index(thread_id) if thread_id in items else 0
            rest = [item for item in items if item != thread_id]
            if rest:
                self._session.open(rest[min(place, len(rest) - 1)])
            else:
                self.new_thread()

    def rename_current(self) -> None:
        """Let the person edit the title of the open thread."""
        self._pane.search.clear()
        self._lists.threads.setFocus()
        self._lists.threads.restore_current()
        self._lists.threads.edit_current()

    def focus_search(self) -> None:
        """Give the search the keyboard."""
        self._pane.search.setFocus()
        self._pane.search.selectAll()

    def _leave_search(self) -> None:
        self._pane.search.setFocus()
        self._pane.search.clear()

    def _refresh(self) -> None:
        self._model.show(self._threads.items)
        self._lists.threads.restore_current()
        is_busy = any(thread.busy for thread in self._threads.items)
        if is_busy and is_animated(self._pane):
            self._turning.start()
        else:
            self._turning.stop()

    def _turn(self) -> None:
        self._delegate.angle = (self._delegate.angle + _TURN_DEGREES) % 360
        for place, row in enumerate(self._model.rows()):
            if row.busy:
                self._lists.threads.update(self._model.index(place))

    def _show_current(self, thread_id: str) -> None:
        self._lists.threads.show_current(thread_id)
        self._lists.hits.show_current(thread_id)

    def _search(self, query: str) -> None:
        if query.strip():
            self._threads.search(query)
        else:
            self._pane.show_heading(shown=True)
            self._lists.show_threads()

    def _on_found(self, result: SearchResult) -> None:
        if result.query == self._pane.search.text() and result.query.strip():
            self._hits.show(result.hits)
            nothing = tr("Nothing found for “{query}”. Every word has to occur.").format(query=result.query.strip())
            self._pane.show_heading(shown=False)
            self._lists.show_hits("" if result.hits else nothing)
            self._lists.hits.show_current(self._session.thread_id)

    def _open_menu(self, thread_id: str, at: QPoint) -> None:
        menu = QMenu(self._pane)
        menu.addAction(tr("Rename"), self._lists.threads.edit_current)
        menu.addAction(tr("Delete"), lambda: self.delete(thread_id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
