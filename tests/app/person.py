"""A person at the window: mouse, keyboard, and eyes that wait for what should appear."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from desktop_app.app.crash import CrashHandler
from desktop_app.app.life import until_closed
from desktop_app.app.main import open_window
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.window import MainWindow
from desktop_app.stores.settings import JsonSettings
from desktop_app.system.path import locate

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class Person:
    """Uses one window. Everything is found by its object name, as it is on the screen."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    # --- eyes ---------------------------------------------------------------------------------------------

    def all(self, name: str, kind: type[W]) -> list[W]:
        """Every widget of this name and kind that can be seen, in dialogs too, from top to bottom."""
        roots = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        found = {child for root in roots for child in root.findChildren(kind, name)}
        found |= {root for root in roots if isinstance(root, kind) and root.objectName() == name}
        seen = [child for child in found if child.isVisible() and not child.visibleRegion().isEmpty()]
        return sorted(seen, key=lambda child: child.mapToGlobal(child.rect().topLeft()).toTuple()[::-1])

    async def see(self, name: str, *, seconds: float = 30) -> QWidget:
        """Waits until there is a widget of this name."""
        return await self.see_a(QWidget, name, seconds=seconds)

    async def see_a(self, kind: type[W], name: str, *, seconds: float = 30) -> W:
        """Waits until there is a widget of this name and kind."""
        await self.until(lambda: self.all(name, kind), f"{name} to appear", seconds=seconds)
        return self.all(name, kind)[0]

    async def until(self, condition: Callable[[], object], what: str, *, seconds: float = 30) -> None:
        """Waits for `condition`.

        Raises:
            TimeoutError: it did not come; the message says for what, and what the transcript says instead.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"waited {seconds} s for {what}; the transcript says: {self.transcript_text()}")
            await asyncio.sleep(0.01)

    async def read(self, text: str, *, seconds: float = 30) -> None:
        """Waits until the transcript says this."""
        await self.until(lambda: text in self.transcript_text(), f"the transcript to say {text!r}", seconds=seconds)

    async def read_label(self, text: str, *, seconds: float = 30) -> None:
        """Waits until some label, button or field in the window says this."""

        def says() -> bool:
            widgets = [child for root in QApplication.topLevelWidgets() for child in root.findChildren(QWidget)]
            return any(text in _words(widget) for widget in widgets if widget.isVisible())

        await self.until(says, f"{text!r} to be said", seconds=seconds)

    async def see_the_run_end(self, *, seconds: float = 60) -> None:
        """Waits until nothing goes on in the open thread."""
        await self.until(lambda: self.all("send", QWidget) and not self.is_busy(), "the run to end", seconds=seconds)
        for view in self.all("transcript", TranscriptView):
            view.model.flush()  # what came last would be shown with the next frame

    def is_busy(self) -> bool:
        """Whether the composer's button stops instead of sending."""
        return self.window.conversation.composer.is_busy

    @property
    def transcript(self) -> TranscriptView:
        """The transcript."""
        return self.all("transcript", TranscriptView)[0]

    def transcript_text(self) -> str:
        """Everything the rows of the transcript say, also those that are scrolled away."""
        if not self.all("transcript", TranscriptView):
            return ""
        model = self.transcript.model
        return "\n".join(str(model.data(model.index(row))) for row in range(model.rowCount()))

    @property
    def draft(self) -> str:
        """What the message field says."""
        return self.all("message", QPlainTextEdit)[0].toPlainText()

    @property
    def chips(self) -> list[str]:
        """The file chips of the transcript that can be seen, in words."""
        return [chip.accessibleName() for chip in self.all("file-chip", QWidget)]

    def says(self, words: str) -> int:
        """How often the transcript says this."""
        return self.transcript_text().count(words)

    def screenshot(self, target: Path) -> None:
        """Keeps what the window shows."""
        target.parent.mkdir(parents=True, exist_ok=True)
        assert self.window.grab().save(str(target))

    # --- hands --------------------------------------------------------------------------------------------

    async def click(self, name: str, number: int = 0) -> None:
        """Clicks the widget of this name, once it is there; of several, that of this number from the top."""
        await self.until(lambda: len(self.all(name, QWidget)) > number, f"{name} to appear")
        widget = self.all(name, QWidget)[number]
        await _act(lambda: QTest.mouseClick(widget, LEFT))

    async def click_link(self, address: str) -> None:
        """Clicks a link of the transcript that is in view."""
        view = self.transcript
        places = (
            widget.mapTo(view.viewport(), QPoint(x, y))
            for widget in view.shown
            for y in range(0, widget.height(), 4)
            for x in range(0, widget.width(), 4)
            if widget.link_at(QPoint(x, y)) == address
        )
        place = next(places)
        await _act(lambda: QTest.mouseClick(view.viewport(), LEFT, pos=place))

    async def double_click(self, name: str) -> None:
        """Clicks a widget twice, as quickly as a hand does."""
        widget = await self.see(name)
        await _act(lambda: (QTest.mouseClick(widget, LEFT), QTest.mouseDClick(widget, LEFT)))

    async def type(self, text: str, *, into: str = "message") -> None:
        """Clicks a field and types."""
        field = await self.see(into)
        target = field.viewport() if isinstance(field, QAbstractScrollArea) else field
        await _act(lambda: QTest.mouseClick(target, LEFT))
        await _act(lambda: QTest.keyClicks(field, text))

    async def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        """Presses a key where the keyboard is."""
        await _act(lambda: QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier))

    async def ask(self, question: str) -> None:
        """Types a question and sends it."""
        await self.type(question)
        await self.press(Qt.Key.Key_Return)

    async def fill(self, name: str, text: str) -> None:
        """Replaces what a field says."""
        await self.type("", into=name)
        await self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await self.press(Qt.Key.Key_Delete)
        await self.type(text, into=name)

    async def choose(self, words: str) -> None:
        """Clicks the entry of the open menu that says this."""
        await self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu to open")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entry = next(action for action in menu.actions() if action.text() == words)
        await _act(lambda: QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center()))

    async def drop(self, *paths: Path) -> None:
        """Drags files over the window, sees where they would go, and lets them go."""
        await self.hover(*paths)
        await self.let_go(*paths)

    async def let_go(self, *paths: Path) -> None:
        """Drops what hovers over the window."""
        targets = await self.see("drop-overlay")
        data = _mime(paths)  # the event does not keep it
        drop = QDropEvent(self._middle, Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
        await _act(lambda: QApplication.sendEvent(self.window, drop))
        await self.until(lambda: not targets.isVisible(), "the drop targets to go")

    async def hover(self, *paths: Path) -> str:
        """Drags files over the window, and returns what it says they are good for."""
        data = _mime(paths)
        enter = QDragEnterEvent(self._middle.toPoint(), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
        await _act(lambda: QApplication.sendEvent(self.window, enter))
        return (await self.see("drop-overlay")).accessibleName()

    async def drag_away(self) -> None:
        """Takes the files that are over the window elsewhere."""
        await _act(lambda: QApplication.sendEvent(self.window, QDragLeaveEvent()))

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.window.rect().center())

    async def save_as(self, target: Path) -> None:
        """Answers the file dialog that is open."""
        dialog = await self.see_a(QFileDialog, "file-dialog")
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(name, QLineEdit)
        buttons = dialog.findChild(QDialogButtonBox)
        assert isinstance(buttons, QDialogButtonBox)
        await self.until(name.hasFocus, "the dialog to take the keyboard")
        name.selectAll()
        await _act(lambda: QTest.keyClicks(name, str(target)))
        await _act(lambda: QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Save), LEFT))
        await self.until(target.exists, f"{target.name} to be saved", seconds=10)


def _mime(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


async def _act(action: Callable[[], object]) -> None:
    """Does something as Qt would: outside of any task, because events may be handled meanwhile."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def act() -> None:
        try:
            action()
        except BaseException as error:
            done.set_exception(error)
            raise
        done.set_result(None)

    QTimer.singleShot(0, act)
    await done


@asynccontextmanager
async def person_at_window(files: Sequence[Path] = ()) -> AsyncIterator[Person]:
    """The real window with everything behind it, from its first paint to its orderly end.

    Everything stored is below `ASSISTANT_DESK_HOME`, so a second window in the same home is a restart.
    """
    place = locate().make()
    settings = JsonSettings(place.settings)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    theme, window = open_window(app, settings)
    window.setGeometry(0, 0, 1440, 900)
    crashes = CrashHandler()
    life = asyncio.create_task(until_closed(theme, window, place, settings, place.log / "window.log", crashes, files))
    person = Person(window)
    try:
        await person.until(lambda: person.all("welcome", QWidget) or person.all("transcript", QWidget), "the thread")
        yield person
    finally:
        window.close()
        await life
        window.deleteLater()


def _words(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return str(text()) if callable(text) else ""
