"""The menu bar: every command with its key."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from desktop_app.domain.port import Settings
from desktop_app.gui.dialogs.about import AboutDialog, ShortcutDialog
from desktop_app.gui.presenter.composer import ComposerPresenter
from desktop_app.gui.presenter.connection_dialog import ConnectionDialogs
from desktop_app.gui.presenter.engine_dialog import EngineDialogs
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.thread import ThreadPresenter
from desktop_app.gui.presenter.tool import Tool
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.views.header import INSPECTOR_KEYS, LEFT_KEYS
from desktop_app.gui.widgets.toast import Toast
from desktop_app.gui.window import MainWindow

tr = partial(QCoreApplication.translate, "menu")

Keys = QKeySequence.StandardKey


class MenuPresenter(Presenter):
    """Fills the menus of the window."""

    def __init__(
        self,
        window: MainWindow,
        threads: ThreadPresenter,
        composer: ComposerPresenter,
        connections: ConnectionDialogs,
        engine: EngineDialogs,
        tools: Iterable[Tool],
        settings: Settings,
        theme: Theme,
        toast: Toast,
        diagnostics: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._toast = toast
        self._diagnostics = diagnostics
        self._actions: list[QAction] = []
        self._fill_file(window.add_menu("file"), threads, composer, connections, engine, tools)
        self._fill_edit(window.add_menu("edit"), threads)
        self._fill_view(window.add_menu("view"))
        self._fill_help(window.add_menu("help"))
        window.panes_changed.connect(self._show_panes)
        self._show_panes()

    def _add(self, menu: QMenu, label: str, slot: Callable[[], object], keys: Keys | str | None = None) -> QAction:
        action = QAction(label, menu)
        action.setObjectName(label.replace("&", "").rstrip("…"))
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: slot())
        menu.addAction(action)
        self._actions.append(action)
        return action

    def _fill_file(
        self,
        menu: QMenu,
        threads: ThreadPresenter,
        composer: ComposerPresenter,
        connections: ConnectionDialogs,
        engine: EngineDialogs,
        tools: Iterable[Tool],
    ) -> None:
        self._add(menu, tr("&New thread"), threads.new_thread, Keys.New)
        self._add(menu, tr("&Attach files…"), composer.choose_files, Keys.Open)
        menu.addSeparator()
        self._add(menu, tr("Add a c&onnection…"), connections.add)
        self._add(menu, tr("&Manage connections…"), connections.manage)
        self._add(menu, tr("&Connect a model…"), engine.connect_model)
        menu.addSeparator()
        for tool in tools:
            action = self._add(menu, tool.label, tool.open)
            menu.aboutToShow.connect(partial(_enable, action, tool))
        menu.addSeparator()
        quit_action = self._add(menu, tr("&Quit"), self._window.close, "Ctrl+Q")
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _fill_edit(self, menu: QMenu, threads: ThreadPresenter) -> None:
        for label, method, keys in (
            (tr("&Undo"), "undo", Keys.Undo),
            (tr("&Redo"), "redo", Keys.Redo),
            (tr("Cu&t"), "cut", Keys.Cut),
            (tr("&Copy"), "copy", Keys.Copy),
            (tr("&Paste"), "paste", Keys.Paste),
            (tr("Select &all"), "selectAll", Keys.SelectAll),
        ):
            self._add(menu, label, partial(_call_on_focus, method), keys)
        menu.addSeparator()
        self._add(menu, tr("&Search threads"), lambda: self._find(threads), Keys.Find)
        self._add(menu, tr("Re&name thread"), threads.rename_current)

    def _find(self, threads: ThreadPresenter) -> None:
        if self._window.left.isHidden():
            self._window.toggle_left()
        threads.focus_search()

    def _fill_view(self, menu: QMenu) -> None:
        self._left = self._add(menu, tr("&Left pane"), self._window.toggle_left, LEFT_KEYS)
        self._inspector = self._add(menu, tr("&Inspector"), self._window.toggle_inspector, INSPECTOR_KEYS)
        for action in (self._left, self._inspector):
            action.setCheckable(True)
        self._add(menu, tr("Next &pane"), self._window.focus_next_pane, "F6")
        self._add(menu, tr("Pre&vious pane"), partial(self._window.focus_next_pane, forward=False), "Shift+F6")
        menu.addSeparator()
        submenu = menu.addMenu(tr("&Theme"))
        group = QActionGroup(self)
        for choice, label in (
            (ThemeChoice.SYSTEM, tr("&System")),
            (ThemeChoice.LIGHT, tr("&Light")),
            (ThemeChoice.DARK, tr("&Dark")),
        ):
            action = self._add(submenu, label, partial(self._choose_theme, choice))
            action.setCheckable(True)
            action.setChecked(choice is self._theme.choice)
            group.addAction(action)

    def _fill_help(self, menu: QMenu) -> None:
        self._add(menu, tr("&Keyboard shortcuts"), self._show_shortcuts, "Ctrl+/")
        self._add(menu, tr("Copy &diagnostics"), self._copy_diagnostics)
        about = tr("&About {name}").format(name=QCoreApplication.applicationName())
        self._add(menu, about, lambda: AboutDialog(self._window).open()).setMenuRole(QAction.MenuRole.AboutRole)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._theme.choose(choice)
        self._settings.set("theme", choice.value)

    def _show_panes(self) -> None:
        self._left.setChecked(not self._window.left.isHidden())
        self._inspector.setChecked(not self._window.inspector.isHidden())

    def _show_shortcuts(self) -> None:
        native = QKeySequence.SequenceFormat.NativeText
        pairs = [
            (action.text().replace("&", "").rstrip("…"), action.shortcut().toString(native))
            for action in self._actions
            if not action.shortcut().isEmpty()
        ]
        pairs += [
            (tr("Send the message"), QKeySequence(Qt.Key.Key_Return).toString(native)),
            (tr("New line in the message"), QKeySequence("Shift+Return").toString(native)),
            (tr("Stop"), QKeySequence(Qt.Key.Key_Escape).toString(native)),
            (tr("Rename the chosen thread"), QKeySequence(Qt.Key.Key_F2).toString(native)),
            (tr("Delete the chosen thread"), QKeySequence(Qt.Key.Key_Delete).toString(native)),
        ]
        ShortcutDialog(pairs, self._window).open()

    def _copy_diagnostics(self) -> None:
        QGuiApplication.clipboard().setText(self._diagnostics())
        self._toast.say(tr("Diagnostics copied. They hold no keys and none of your messages."))


def _enable(action: QAction, tool: Tool) -> None:
    action.setEnabled(tool.is_of_use())


def _call_on_focus(method: str) -> None:
    """Do what the menu says in whatever has the keyboard, if it can."""
    function = getattr(QApplication.focusWidget(), method, None)
    if callable(function):
        function()
