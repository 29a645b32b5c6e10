"""Where the files that come with the application are."""

import sys
from pathlib import Path

import pytest

from desktop_app.system import resource


def test_a_checkout_has_its_resources() -> None:
    assert resource.find("icons").is_dir()


def test_a_wheel_has_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "desktop_app"
    sample = package / "_resources" / "sample.csv"
    sample.parent.mkdir(parents=True)
    sample.touch()
    monkeypatch.setattr(resource, "_PACKAGE", package)
    assert resource.find("sample.csv") == sample


def test_a_frozen_application_has_them_in_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = tmp_path / "resources" / "sample.csv"
    sample.parent.mkdir()
    sample.touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource.find("sample.csv") == sample


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no-such\.svg"):
        resource.find("icons/no-such.svg")
