"""Nothing heavy is imported before the first paint."""

import subprocess
import sys

import pytest

from tests.harness.source import ROOT

HEAVY = {
    "IPython", "PIL", "azure", "httpx2", "keyring", "markdown_it", "matplotlib", "msal", "numpy", "openai", "pandas",
    "pygments", "secretstorage", "starlette", "uvicorn",
}  # fmt: skip
UNTIL_THE_FIRST_PAINT = ("desktop_app.cli", "desktop_app.app.main", "desktop_app.gui.window")

IMPORT = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*{name.split(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize("module", UNTIL_THE_FIRST_PAINT)
def test_the_first_paint_needs_nothing_heavy(module: str) -> None:
    command = [sys.executable, "-c", IMPORT, module]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY & set(loaded) == set()
    assert "desktop_app" in loaded
