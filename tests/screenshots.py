"""Takes the screenshots of the README during the main job: `python -m tests.screenshots`, on a display."""

import asyncio
import os
import sys
import tempfile

from PySide6.QtWidgets import QApplication

from desktop_app.app.loop import QtLoop
from desktop_app.gui.theme.theme import ThemeChoice
from desktop_app.gui.transcript.figure_widget import FigureWidget
from desktop_app.stores.settings import JsonSettings
from desktop_app.system import resource
from desktop_app.system.path import HOME_VARIABLE, locate
from tests.app.person import person_at_window
from tests.harness.source import ROOT

FOLDER = ROOT / "docs" / "images"
QUESTION = "Average body mass by species, plot it and give me the CSV"
OLD_ADDRESS = "https://contoso.openai.azure.com/openai/assistants?api-version=2024-05-01-preview"
CHART_HEIGHT = 320
"""How far to scroll back from the end of the answer, in pixels, to see most of the chart too."""


def is_decoded(figure: FigureWidget) -> bool:
    """Return whether the picture is there, and not only the place for it."""
    path = figure.context.file_path(figure.file) if figure.file else None
    return path is not None and figure.context.images.image(path) is not None


async def take(choice: ThemeChoice) -> None:
    """Do the main job at a first start in one theme, and keep what the window shows."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ[HOME_VARIABLE] = home
        JsonSettings(locate().make().settings).set("theme", choice.value)
        async with person_at_window() as person:
            await person.read_label("Sandbox: bubblewrap")
            person.screenshot(FOLDER / f"welcome-{choice.value}.png")
            await person.drop(resource.find("samples/penguins.csv"))
            await person.ask(QUESTION)
            await person.see_the_run_end()
            await person.see("file-chip-save")
            person.transcript.scroll_by(-CHART_HEIGHT)
            figure = await person.see_a(FigureWidget, "figure")
            await person.until(lambda: is_decoded(figure), "the chart to be decoded")
            await person.click("header-files")
            await person.read_label("penguins_by_species.csv")
            person.screenshot(FOLDER / f"answer-{choice.value}.png")


async def take_connection() -> None:
    """Paste an old address where a connection is added, and keep what is said to it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ[HOME_VARIABLE] = home
        JsonSettings(locate().make().settings).set("theme", ThemeChoice.LIGHT.value)
        async with person_at_window() as person:
            await person.click("connection")
            await person.choose("Add a connection…")
            await person.fill("connection-paste", OLD_ADDRESS)
            dialog = await person.see("connection-dialog")
            await person.read_label("is used over Responses")
            assert dialog.grab().save(str(FOLDER / "connection-light.png"))


async def take_all() -> None:
    """Take each screenshot; those of the main job in both themes."""
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        await take(choice)
    await take_connection()


def main() -> int:
    """Take all screenshots; an exception ends it."""
    app = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: QtLoop(app)) as runner:
        runner.run(take_all())
    return 0


if __name__ == "__main__":
    sys.exit(main())
