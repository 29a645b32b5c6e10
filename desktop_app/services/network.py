"""How services are reached, as it stands in the settings."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict

from desktop_app.domain.connection import Network
from desktop_app.domain.port import Settings

_NAME = "network"


def stored_network(settings: Settings) -> Network:
    """What was stored; what is missing or makes no sense is as it is by default."""
    try:
        values = json.loads(settings.get(_NAME) or "{}", parse_int=float)
    except (ValueError, RecursionError):
        values = {}
    if not isinstance(values, dict):
        values = {}
    default = Network()
    return Network(
        proxy=_text(values, "proxy"),
        ca_file=_text(values, "ca_file"),
        connect_seconds=_seconds(values, "connect_seconds", default.connect_seconds),
        answer_seconds=_seconds(values, "answer_seconds", default.answer_seconds),
        silence_seconds=_seconds(values, "silence_seconds", default.silence_seconds),
    )


def store_network(settings: Settings, network: Network) -> None:
    """Keeps it for the next start."""
    settings.set(_NAME, json.dumps(asdict(network)))


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _seconds(values: Mapping[str, object], name: str, default: float) -> float:
    value = values.get(name)
    return value if isinstance(value, float) and 0 < value < math.inf else default
