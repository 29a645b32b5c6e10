"""How services are reached, as it stands in the settings."""

from pathlib import Path

import pytest

from desktop_app.domain.connection import Network
from desktop_app.services.network import store_network, stored_network
from desktop_app.stores.settings import JsonSettings

NETWORK = Network("http://proxy.example:3128", "/ca.pem", 1.0, 2.5, 3.0)


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    store_network(JsonSettings(tmp_path / "settings.json"), NETWORK)
    assert stored_network(JsonSettings(tmp_path / "settings.json")) == NETWORK


@pytest.mark.parametrize("seconds", ["0", "-1", "NaN", "Infinity", "true", '"10"', "null", "1e999", "1" + "0" * 400])
def test_times_that_make_no_sense_are_the_usual_ones(tmp_path: Path, seconds: str) -> None:
    settings = JsonSettings(tmp_path / "settings.json")
    settings.set("network", f'{{"connect_seconds": {seconds}, "answer_seconds": 7}}')
    assert stored_network(settings) == Network(answer_seconds=7.0)


@pytest.mark.parametrize("text", ["", "nothing", "[]", "7", "[" * 100_000])
def test_what_is_no_object_says_nothing(tmp_path: Path, text: str) -> None:
    settings = JsonSettings(tmp_path / "settings.json")
    settings.set("network", text)
    assert stored_network(settings) == Network()
