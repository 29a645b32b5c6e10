"""The desktop session of the tests is a fresh one, and ends with its command."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.source import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the tests use the session that is there")

LOOK_AROUND = """
xdotool getdisplaygeometry
printf hidden | secret-tool store --label=test name value && secret-tool lookup name value; echo
stat --format=%a "$XDG_RUNTIME_DIR"
echo "key: $OPENAI_API_KEY"
echo "$HOME"
exit 7
"""


def test_it_has_a_display_a_keyring_and_a_home_and_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-caller")
    command = [sys.executable, "-m", "tests.harness.session", "sh", "-c", LOOK_AROUND]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 7, result.stderr
    size, secret, mode, key, home = result.stdout.splitlines()
    assert size == "1600 1000"
    assert secret == "hidden"
    assert mode == "700"
    assert key == "key: "
    assert not Path(home).exists()
