"""The inspector: what belongs to the open thread."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton, QWidget

from desktop_app.domain.connection import ConnectionKind, RateLimits
from desktop_app.domain.entity import RunState, Usage
from desktop_app.domain.event import LimitsSeen, RunEvent, RunStateChanged
from desktop_app.gui.dialogs.assistant import AssistantDialog
from desktop_app.gui.dialogs.price import PriceDialog
from desktop_app.gui.measure import count
from desktop_app.gui.widgets.table import Table
from desktop_app.services.attachment import DraftState
from tests.gui.dialog import click, part
from tests.gui.stage import RUN, Stage
from tests.harness.wait import until


def words(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


async def test_files_and_run_of_the_thread_are_shown(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    stage.services.attachments.add(stage.thread_id, [path])
    await until(lambda: [d.state for d in stage.services.attachments.files(stage.thread_id)] == [DraftState.READY])
    stage.type("What is in it?")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    await until(lambda: stage.engine.played.asked)
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    chip = stage.find("header-files", QPushButton)
    await until(lambda: chip.isVisible() and chip.property("text") == "1 file")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    files = stage.find("inspector-files")
    await until(files.isVisible)
    assert words(files)[:3] == ["ATTACHED", "table.csv", "8 bytes"]
    page = stage.find("inspector-run")
    await until(lambda: any(word.startswith("Completed") for word in words(page)))
    run = words(page)
    assert run[run.index("Steps") + 1] == "0 code, 1 answer"
    assert run[run.index("Model") + 1] == "Built-in analyst"
    assert run[run.index("State") + 1].startswith("Completed")


async def test_the_assistant_page_edits_the_assistant_of_the_thread(stage: Stage) -> None:
    QTest.mouseClick(stage.find("inspector-edit"), Qt.MouseButton.LeftButton)
    dialog = stage.find("assistant-dialog")
    await until(dialog.isVisible)
    assert stage.services.assistants.default.name in [
        str(field.property("text")) for field in dialog.findChildren(QWidget, "assistant-name")
    ]
    dialog.close()


async def answered(stage: Stage, *events: RunEvent) -> list[str]:
    """Asks, lets the run say this and end; returns what the page about it says."""
    connection = stage.services.connections.get(stage.thread.connection_id)
    assert connection is not None
    played = stage.outside.at(connection.base_url)
    stage.type("Why?")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    await until(lambda: played.started)
    played.put(*events)
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    stage.window.show_inspector(2)
    page = stage.find("inspector-run")
    await until(lambda: page.isVisible() and any(word.startswith("Completed") for word in words(page)))
    return words(page)


def after(page: list[str], name: str) -> str:
    return page[page.index(name) + 1]


DONE = RunStateChanged(RUN, RunState.COMPLETED, usage=Usage(2_000, 500, 1_000, 300, 1), at=1.0)


async def test_tokens_containers_and_limits_are_those_of_the_service(stage: Stage) -> None:
    await stage.connect(ConnectionKind.OPENAI, "Work", "gpt-mini")
    page = await answered(stage, LimitsSeen(RUN, RateLimits(59, 60, 9_000, None, 12.0)), DONE)
    assert (after(page, "Connection"), after(page, "Service"), after(page, "Model")) == ("Work", "OpenAI", "gpt-mini")
    assert (after(page, "Tokens in"), after(page, "of them cached")) == (count(2_000), count(1_000))
    assert (after(page, "Tokens out"), after(page, "of them reasoning")) == ("500", "300")
    assert after(page, "Containers") == "1 begun"
    assert after(page, "Requests") == "59 of 60"
    assert after(page, "Tokens") == count(9_000)
    assert "Sandbox" not in page


async def test_a_cost_that_is_not_known_is_a_dash_and_a_button_that_helps(stage: Stage) -> None:
    await stage.connect(ConnectionKind.OPENAI, "Work", "gpt-mini")
    page = await answered(stage, DONE)
    assert (after(page, "Cost of the run"), after(page, "Cost of the thread")) == ("—", "—")
    click(stage.window, "inspector-prices")
    dialog = part(stage.window, PriceDialog, "price-dialog")
    table = part(dialog, Table, "price-table")
    assert [cell.text() for row in range(table.rowCount()) if (cell := table.item(row, 0))] == ["gpt-mini"]
    for column, price in ((1, "10"), (2, "1"), (3, "20")):
        cell = table.item(0, column)
        assert cell is not None
        cell.setText(price)
    part(dialog, QLineEdit, "price-session").setText("0.03")
    click(dialog, "price-save")
    await until(lambda: words(stage.find("inspector-run")).count("0.051 USD") == 2)
    assert not stage.find("inspector-prices").isVisible()


async def test_what_is_here_has_no_price(stage: Stage) -> None:
    stage.type("Why?")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    await until(lambda: stage.engine.played.started)
    stage.engine.played.put(DONE)
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    page = stage.find("inspector-run")
    await until(lambda: "Tokens in" in words(page))
    assert "Cost of the run" not in words(page)
    assert after(words(page), "Connection") == "This computer"


async def test_the_editor_offers_the_models_of_the_thread_s_connection(stage: Stage) -> None:
    await stage.connect(ConnectionKind.OPENAI, "Work", "gpt-mini")
    connections = stage.services.connections
    await until(lambda: connections.models(stage.thread.connection_id))
    QTest.mouseClick(stage.find("inspector-edit"), Qt.MouseButton.LeftButton)
    dialog = part(stage.window, AssistantDialog, "assistant-dialog")
    click(dialog, "assistant-model")
    menu = part(dialog, QMenu, "choices")
    assert [action.text() for action in menu.actions()] == [
        "The connection's model (gpt-mini)",
        "one",
        "two",
        "Another model…",
    ]
    menu.close()
    dialog.close()
