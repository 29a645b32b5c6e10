"""A dialog that was closed leaves nothing behind."""

import gc

from PySide6.QtCore import SIGNAL, QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog

from desktop_app.domain.connection import ConnectionKind
from desktop_app.domain.emitter import Emitter
from desktop_app.gui.dialogs.connection import ConnectionDialog
from desktop_app.gui.dialogs.connection_list import ConnectionList
from tests.gui.dialog import part
from tests.gui.stage import Stage
from tests.harness.wait import until

DIALOGS = (
    "Add a connection",
    "Manage connections",
    "Connect a model",
    "Import threads",
    "Kept by services",
    "Assistants of a service",
    "Prices",
)


def left(stage: Stage) -> tuple[int, int, int]:
    """How many listen to services and to the theme, and how many objects the window has."""
    gc.collect()
    listeners = sum(len(each.__dict__["_subscribers"]) for each in gc.get_objects() if isinstance(each, Emitter))
    return listeners, stage.theme.receivers(SIGNAL("changed()")), len(stage.window.findChildren(QObject))


async def opened_and_closed(stage: Stage) -> None:
    """Opens every dialog about services, and closes it."""
    for name in DIALOGS:
        stage.menu(name)
        if name == "Manage connections":
            part(stage.window, ConnectionList, "connection-list").edit_requested.emit(stage.thread.connection_id)
            part(stage.window, ConnectionDialog, "connection-dialog").reject()
        for dialog in stage.window.findChildren(QDialog):
            dialog.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        await until(lambda: not stage.window.findChildren(QDialog))


async def test_dialogs_that_are_closed_leave_nothing_behind(stage: Stage) -> None:
    connection = await stage.connect(ConnectionKind.ASSISTANTS, "Work", "mini")
    await until(lambda: stage.services.connections.models(connection.id))
    await opened_and_closed(stage)
    before = left(stage)
    for _ in range(3):
        await opened_and_closed(stage)
    assert left(stage) == before
