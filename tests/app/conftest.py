"""Fixtures of the tests of the whole application."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.stores.settings import JsonSettings
from desktop_app.system.path import locate
from tests.harness.chat_server import ChatServer


@pytest.fixture
def server(home: Path) -> Iterator[ChatServer]:  # noqa: ARG001 - the settings are below it
    """Return a server that is connected and needs no key; its script is empty."""
    with ChatServer(needs_key=False) as server:
        settings = JsonSettings(locate().make().settings)
        settings.set("endpoint.base_url", server.base_url)
        settings.set("endpoint.model", "test-model")
        yield server
