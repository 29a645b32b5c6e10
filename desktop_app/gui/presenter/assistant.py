"""Assistants: the list in the left pane, the picker of the composer, the page of the inspector, the editor."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.entity import Assistant
from desktop_app.gui.dialogs.assistant import AssistantDialog
from desktop_app.gui.models.assistant import AssistantModel
from desktop_app.gui.models.thread import shown_title
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.composer import Composer
from desktop_app.gui.views.header import Header
from desktop_app.gui.views.inspector_page import AssistantPage
from desktop_app.gui.views.left_list import LeftLists
from desktop_app.gui.views.left_pane import LeftPane
from desktop_app.gui.views.row_delegate import AssistantDelegate
from desktop_app.services.assistant import Assistants
from desktop_app.services.connection import Connections
from desktop_app.services.local_engine import ANALYST_MODEL, LocalEngine
from desktop_app.services.thread import Threads

tr = partial(QCoreApplication.translate, "assistants")


class AssistantPresenter(Presenter):
    """Shows which assistants there are and which one answers in the open thread."""

    def __init__(
        self,
        pane: LeftPane,
        lists: LeftLists,
        header: Header,
        composer: Composer,
        page: AssistantPage,
        assistants: Assistants,
        threads: Threads,
        engine: LocalEngine,
        connections: Connections,
        session: Session,
        theme: Theme,
    ) -> None:
        super().__init__(pane)
        self._pane, self._lists = pane, lists
        self._header, self._composer, self._page = header, composer, page
        self._assistants, self._threads = assistants, threads
        self._engine, self._connections = engine, connections
        self._session = session
        self._theme = theme
        self._model = AssistantModel(self)
        lists.assistants.setModel(self._model)
        lists.assistants.setItemDelegate(AssistantDelegate(theme, lists.assistants))
        lists.assistants.chosen.connect(self._start_with)
        lists.assistants.delete_requested.connect(assistants.delete)
        lists.assistants.menu_requested.connect(self._open_menu)
        pane.new_assistant_requested.connect(lambda: self.edit(Assistant("", "")))
        composer.assistant_picked.connect(self._choose)
        page.edit_requested.connect(self._edit_current)
        session.thread_changed.connect(lambda _id: self._refresh())
        self.follow(assistants.changed, lambda _: self._refresh())
        self.follow(threads.changed, lambda _: self._show_current())
        self.follow(engine.changed, lambda _: self._show_current())
        self.follow(connections.changed, lambda _: self._show_current())
        self._refresh()

    def edit(self, assistant: Assistant) -> None:
        """Open the editor; an assistant without an id is a new one."""
        dialog = AssistantDialog(self._theme, assistant, self._models(), self._pane.window())
        dialog.saved.connect(self._save)
        disconnect = self._connections.changed.connect(lambda _: dialog.set_models(self._models()))
        dialog.finished.connect(lambda _result: disconnect())
        dialog.open()
        if self._connection_id != ENGINE_ID and not self._connections.models(self._connection_id):
            self._connections.refresh_models(self._connection_id)

    def _save(self, assistant: Assistant) -> None:
        if assistant.id:
            self._assistants.update(assistant)
        else:
            self._start_with(self._assistants.create(assistant).id)

    @property
    def _connection_id(self) -> str:
        """Where the open thread is answered."""
        thread = self._threads.get(self._session.thread_id)
        return thread.connection_id if thread else self._connections.current_id

    def _models(self) -> list[tuple[str, str]]:
        """What an assistant can use in the open thread."""
        if self._connection_id == ENGINE_ID:
            default = self._engine.model_label or tr("built-in analyst")
            named = [("", _of_connection(default)), (ANALYST_MODEL, tr("Built-in analyst (no language model)"))]
            listed = self._engine.models
        else:
            connection = self._connections.get(self._connection_id)
            named = [("", _of_connection(connection.model if connection else ""))]
            listed = self._connections.models(self._connection_id)
        return named + [(model.id, model.id) for model in listed if model.id != ANALYST_MODEL]

    def _start_with(self, assistant_id: str) -> None:
        self._session.open(self._threads.create(assistant_id).id)
        self._refresh()
        self._composer.focus()

    def _choose(self, assistant_id: str) -> None:
        self._threads.choose_assistant(self._session.thread_id, assistant_id)

    def _edit_current(self) -> None:
        thread = self._threads.get(self._session.thread_id)
        assistant = self._assistants.get(thread.assistant_id) if thread else None
        if assistant is not None:
            self.edit(assistant)

    def _refresh(self) -> None:
        self._model.set_rows(self._assistants.items)
        self._lists.fit_assistants()
        self._show_current()

    def _show_current(self) -> None:
        thread = self._threads.get(self._session.thread_id)
        if thread is None:
            return
        assistant = self._assistants.get(thread.assistant_id)
        self._lists.assistants.show_current(thread.assistant_id)
        self._header.show_thread(shown_title(thread), assistant.name if assistant else "")
        choices = [(item.id, item.name) for item in self._assistants.items]
        self._composer.assistant.set_choices(choices, thread.assistant_id)
        shown = assistant or Assistant("", "")
        self._page.show_assistant(
            shown.name,
            shown.description,
            shown.instructions,
            self._model_words(shown.model),
            code_interpreter=shown.code_interpreter,
        )

    def _model_words(self, model: str) -> str:
        if self._connection_id == ENGINE_ID:
            used = model or self._engine.model_label
            return tr("Built-in analyst (no language model)") if used in ("", ANALYST_MODEL) else used
        connection = self._connections.get(self._connection_id)
        return model or (connection.agent or connection.model if connection else "") or tr("None yet")

    def _open_menu(self, assistant_id: str, at: QPoint) -> None:
        assistant = self._assistants.get(assistant_id)
        if assistant is None:
            return
        menu = QMenu(self._pane)
        menu.addAction(tr("New thread with it"), lambda: self._start_with(assistant_id))
        menu.addSeparator()
        menu.addAction(tr("Edit…"), lambda: self.edit(assistant))
        menu.addAction(tr("Duplicate"), lambda: self._assistants.duplicate(assistant_id))
        delete = menu.addAction(tr("Delete"), lambda: self._assistants.delete(assistant_id))
        delete.setEnabled(len(self._assistants.items) > 1)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _of_connection(model: str) -> str:
    return tr("The connection's model ({model})").format(model=model) if model else tr("The connection's model")
