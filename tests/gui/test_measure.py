"""How numbers are written where the system does not say it."""

import os
import subprocess
import sys

import pytest

_NUMBER = """
from desktop_app.gui.measure import choose_locale, count
choose_locale()
print(count(29_000))
"""


@pytest.mark.parametrize("language", ["C", "C.UTF-8"])
def test_numbers_have_groups_where_there_is_no_language(language: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NUMBER],
        env={**os.environ, "LC_ALL": language},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "29,000\n"
