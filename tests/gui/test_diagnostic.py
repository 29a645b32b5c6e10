"""What is copied for a report of a defect."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.gui.diagnostic import diagnostics
from desktop_app.system import log
from tests.gui.stage import Stage
from tests.harness.wait import until

KEY = "sk-0123456789abcdefghij"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    yield log.start(tmp_path, "window")
    log.stop()


@pytest.mark.expects_log("Connecting with")
async def test_diagnostics_hold_no_key_and_no_address(stage: Stage, log_file: Path) -> None:
    log.redact(KEY)
    stage.services.engine.connect("http://secret.example.org/v1", KEY, "secret-model")
    await until(lambda: stage.services.engine.endpoint is not None)
    logging.getLogger("desktop_app").warning("Connecting with %s", KEY)
    text = diagnostics(stage.services.engine, log_file)
    assert "Connecting with" in text
    assert "an endpoint" in text
    assert KEY not in text
    assert "secret" not in text


async def test_diagnostics_say_how_things_are(stage: Stage, tmp_path: Path) -> None:
    text = diagnostics(stage.services.engine, tmp_path / "none.log")
    assert all(part in text for part in ("Engine: ready", "Sandbox: bubblewrap", "Qt 6.", "(no log)"))
