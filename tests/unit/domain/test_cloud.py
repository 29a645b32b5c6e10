"""Whose a host is, and how it is signed in to."""

import pytest

from desktop_app.domain.cloud import cloud, scope, sign_ins
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn

OPENAI, AZURE = ConnectionKind.OPENAI, ConnectionKind.AZURE
FOUNDRY, AGENT = ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE
ENTRA = (SignIn.BROWSER, SignIn.DEVICE_CODE, SignIn.AZURE_CLI)


@pytest.mark.parametrize(
    ("kind", "base_url", "expected", "authority"),
    [
        (
            AZURE,
            "https://res.openai.azure.com/openai/v1",
            "https://cognitiveservices.azure.com/.default",
            "login.microsoftonline.com",
        ),
        (
            AZURE,
            "https://res.openai.azure.us/openai/v1",
            "https://cognitiveservices.azure.us/.default",
            "login.microsoftonline.us",
        ),
        (
            AZURE,
            "https://res.openai.azure.cn/openai/v1",
            "https://cognitiveservices.azure.cn/.default",
            "login.chinacloudapi.cn",
        ),
        (
            FOUNDRY,
            "https://res.services.ai.azure.com/api/projects/p/openai/v1",
            "https://ai.azure.com/.default",
            "login.microsoftonline.com",
        ),
        (
            AGENT,
            "https://res.services.ai.azure.us/api/projects/p",
            "https://ai.azure.us/.default",
            "login.microsoftonline.us",
        ),
        (
            AZURE,
            "https://gate.example/openai/v1",
            "https://cognitiveservices.azure.com/.default",
            "login.microsoftonline.com",
        ),
    ],
)
def test_each_cloud_has_its_own_scope_and_authority(
    kind: ConnectionKind, base_url: str, expected: str, authority: str
) -> None:
    assert scope(Connection("c", kind, "name", base_url)) == expected
    assert cloud(base_url).authority == authority


@pytest.mark.parametrize(
    ("kind", "base_url", "expected"),
    [
        (ConnectionKind.ENGINE, "", (SignIn.NONE,)),
        (OPENAI, "https://api.openai.com/v1", (SignIn.KEY,)),
        (OPENAI, "http://127.0.0.1:8000/v1", (SignIn.KEY, SignIn.NONE)),
        (ConnectionKind.ASSISTANTS, "http://127.0.0.1:8000/v1", (SignIn.KEY, SignIn.NONE)),
        (AZURE, "https://res.openai.azure.com/openai/v1", (SignIn.KEY, *ENTRA)),
        (AZURE, "https://eastus.api.cognitive.microsoft.com/openai/v1", (SignIn.KEY,)),
        (FOUNDRY, "https://res.services.ai.azure.com/api/projects/p/openai/v1", ENTRA),
        (AGENT, "https://res.services.ai.azure.com/api/projects/p", ENTRA),
        (FOUNDRY, "http://127.0.0.1:8000/api/projects/p/openai/v1", (*ENTRA, SignIn.KEY)),
    ],
)
def test_each_service_says_how_it_is_signed_in_to(
    kind: ConnectionKind, base_url: str, expected: tuple[SignIn, ...]
) -> None:
    assert sign_ins(kind, base_url) == expected
