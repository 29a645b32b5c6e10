"""While an answer streams: other threads, another theme."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.gui.theme.theme import ThemeChoice
from tests.gui.stage import Stage
from tests.harness.wait import until


async def begin(stage: Stage) -> str:
    """Return the thread in which "Hello" has arrived and more will."""
    stage.services.conversation.ask(stage.thread_id, "Begin")
    await until(lambda: "Hello" in stage.transcript)
    return stage.thread_id


async def test_what_streams_stays_in_its_thread(stage: Stage) -> None:
    first = await begin(stage)
    other = stage.services.threads.create(stage.services.assistants.default.id).id
    stage.workspace.session.open(other)
    await until(lambda: "Hello" not in stage.transcript)
    stage.engine.played.say(", while you were away")
    await until(lambda: "away" in str(stage.services.conversation.transcript(first)))
    assert "away" not in stage.transcript
    assert not stage.window.conversation.composer.is_busy

    stage.workspace.session.open(first)
    await until(lambda: "Hello, while you were away" in stage.transcript)
    assert stage.window.conversation.composer.is_busy
    stage.engine.played.say(", and now")
    await until(lambda: "Hello, while you were away, and now" in stage.transcript)
    stage.engine.played.finish()
    await until(lambda: not stage.window.conversation.composer.is_busy)


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
async def test_another_theme_takes_effect_while_an_answer_streams(stage: Stage, choice: ThemeChoice) -> None:
    stage.theme.choose(ThemeChoice.LIGHT if choice is ThemeChoice.DARK else ThemeChoice.DARK)
    await begin(stage)
    before = QApplication.palette().color(QPalette.ColorRole.Window)
    stage.theme.choose(choice)
    assert QApplication.palette().color(QPalette.ColorRole.Window) != before
    view = stage.find("transcript")
    ground = stage.theme.colour("surface").name()
    await until(lambda: view.grab().toImage().pixelColor(2, view.height() // 2).name() == ground)
    stage.engine.played.say(" in another light")
    await until(lambda: "Hello in another light" in stage.transcript)
    stage.engine.played.finish()
    await until(lambda: not stage.window.conversation.composer.is_busy)
