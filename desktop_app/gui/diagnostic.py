"""What "Copy diagnostics" copies: what a report of a defect needs, and nothing secret or personal."""

import platform
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtGui import QGuiApplication

from desktop_app.services.local_engine import LocalEngine

_LINES = 60


def diagnostics(connection: LocalEngine, log: Path) -> str:
    """Return versions, platform, the state of engine and sandbox, and the end of the log, which holds no secrets."""
    sandbox = connection.sandbox
    lines = [
        f"{QCoreApplication.applicationName()} {QCoreApplication.applicationVersion()}",
        f"Python {sys.version.split()[0]}, Qt {qVersion()}, {QGuiApplication.platformName()}",
        f"{platform.platform()}, {platform.machine()}",
        f"Engine: {connection.state}" + (f" ({connection.error.code})" if connection.error else ""),
        f"Model: {'an endpoint' if connection.endpoint else 'built-in analyst'}",
        f"Sandbox: {sandbox.kind or sandbox.reason if sandbox else 'not known yet'}",
        "",
        *_last_lines(log),
    ]
    return "\n".join(lines)


def _last_lines(log: Path) -> list[str]:
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES:]
    except OSError:
        return ["(no log)"]
