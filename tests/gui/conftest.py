"""Fixtures of the window's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from desktop_app.gui.presenter.workspace import Workspace
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.window import MainWindow
from desktop_app.services.desk import Desk, Outside
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.keychain import MemoryKeychain
from desktop_app.stores.settings import JsonSettings
from tests.gui.stage import PlayedEngine, PlayedIdentity, PlayedServices, Stage
from tests.harness.wait import until


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """Return the light theme."""
    return Theme(qapp, ThemeChoice.LIGHT)


@pytest.fixture
def engine() -> PlayedEngine:
    """Return an engine that a test can tell what to say."""
    return PlayedEngine()


@pytest.fixture
async def stage(qapp: QApplication, tmp_path: Path, theme: Theme, engine: PlayedEngine) -> AsyncIterator[Stage]:
    """Return the window at its first start, shown and ready."""
    archive = await SqliteArchive.open(tmp_path / "data")
    settings = JsonSettings(tmp_path / "settings.json")
    services = PlayedServices()
    outside = Outside(
        archive=archive,
        engine=engine,
        make_backend=services,
        identity=PlayedIdentity(),
        keychain=MemoryKeychain(),
        memory=MemoryKeychain(),
        settings=settings,
        opened_folder=tmp_path / "opened",
        environment={},
        on_secret=lambda _secret: None,
    )
    desk = Desk(outside)
    await desk.start()
    window = MainWindow(theme)
    workspace = Workspace(window, desk.services, theme, tmp_path / "log")
    workspace.open()
    window.show()
    window.activateWindow()
    await until(lambda: window.isActiveWindow() and desk.services.engine.sandbox is not None)
    yield Stage(window, desk, engine, services, theme, workspace)
    workspace.close()
    await desk.aclose()
    window.close()
    window.deleteLater()
    qapp.sendPostedEvents(window, QEvent.Type.DeferredDelete)
