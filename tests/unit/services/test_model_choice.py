"""An assistant's model is used where the service has it."""

import pytest

from desktop_app.domain.connection import ConnectionKind
from desktop_app.services.local_engine import ANALYST_MODEL
from desktop_app.services.model_choice import chosen_model

OPENAI, AZURE, ENGINE = ConnectionKind.OPENAI, ConnectionKind.AZURE, ConnectionKind.ENGINE


@pytest.mark.parametrize(
    ("wanted", "kind", "listed", "chosen"),
    [
        ("", OPENAI, (), "default"),
        ("own", OPENAI, (), "own"),
        ("own", OPENAI, ("own", "default"), "own"),
        ("own", OPENAI, ("default",), "default"),
        ("own", OPENAI, ("another",), "own"),  # a list without even the connection's model proves nothing
        ("own", AZURE, ("default",), "own"),
        (ANALYST_MODEL, AZURE, (), "default"),
        (ANALYST_MODEL, ENGINE, (ANALYST_MODEL, "default"), ANALYST_MODEL),
        ("own", ENGINE, (ANALYST_MODEL, "default"), "default"),
    ],
)
def test_the_model_is_one_that_the_service_has(
    wanted: str, kind: ConnectionKind, listed: tuple[str, ...], chosen: str
) -> None:
    assert chosen_model(wanted, kind, "default", listed) == chosen


def test_without_a_default_there_is_no_choice() -> None:
    assert chosen_model("own", OPENAI, "", ("another",)) == "own"
