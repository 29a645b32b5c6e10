"""Which model answers: an assistant's own, where the service has it, else the connection's."""

from collections.abc import Collection

from desktop_app.domain.connection import ConnectionKind
from desktop_app.services.local_engine import ANALYST_MODEL

_LISTS_ALL = frozenset({ConnectionKind.ENGINE, ConnectionKind.OPENAI, ConnectionKind.ASSISTANTS})
"""The others name deployments in requests, and list the models that could be deployed."""


def chosen_model(wanted: str, kind: ConnectionKind, default: str, listed: Collection[str]) -> str:
    """The model for a run.

    An assistant keeps its model when its thread moves to a service that does not have it, and has it again when the
    thread comes back.

    Args:
        wanted: The assistant's own; empty for "the model of the connection".
        kind: What the connection leads to.
        default: The connection's model.
        listed: What the service lists, as far as it was asked.
    """
    is_elsewhere = wanted == ANALYST_MODEL and kind is not ConnectionKind.ENGINE
    is_missing = kind in _LISTS_ALL and default in listed and wanted not in listed
    return default if default and (not wanted or is_elsewhere or is_missing) else wanted or default
