"""What people paste as the endpoint of a service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.address import Problem
from desktop_app.domain.connection import ConnectionKind
from desktop_app.domain.endpoint import Endpoint, normalized, understand

ENGINE, OPENAI, AZURE = ConnectionKind.ENGINE, ConnectionKind.OPENAI, ConnectionKind.AZURE
FOUNDRY, AGENT, ASSISTANTS = ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE, ConnectionKind.ASSISTANTS

PUBLIC = "https://res.openai.azure.com/openai/v1"
PROJECT = "https://res.services.ai.azure.com/api/projects/Proj"
OLD = "openai/deployments/gpt-x/chat/completions?api-version=2024-06-01"


def first(text: str) -> tuple[ConnectionKind, str]:
    candidate = understand(text).candidates[0]
    return candidate.kind, candidate.base_url


@pytest.mark.parametrize(
    "pasted",
    [
        "https://res.openai.azure.com/",
        "https://res.openai.azure.com",
        "https://res.openai.azure.com/openai",
        "https://res.openai.azure.com/openai/v1",
        "https://res.openai.azure.com/openai/v1/",
        "https://res.openai.azure.com/openai/v1/responses",
        "https://res.openai.azure.com/openai/v1/chat/completions",
        "https://res.openai.azure.com/openai/v1/assistants",
        "https://res.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
        f"https://res.openai.azure.com/{OLD}",
        "https://res.openai.azure.com/openai/assistants?api-version=2024-05-01-preview",
        "https://res.openai.azure.com/openai/threads/thread_abc/runs?api-version=2024-05-01-preview#top",
        "http://res.openai.azure.com/",
        "HTTPS://RES.OpenAI.Azure.com:443//OpenAI/V1//",
        "res.openai.azure.com",
        "res.openai.azure.com./openai/v1/",
        "  'https://res.openai.azure.com/'\n",
        "\u201chttps://res.openai.azure.com/\u201d",
        "<https://res.openai.azure.com/>",
        "AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/",
        'export AZURE_OPENAI_ENDPOINT="https://res.openai.azure.com/"',
        '$env:AZURE_OPENAI_ENDPOINT = "https://res.openai.azure.com/"',
        "AZURE_OPENAI_ENDPOINT=res.openai.azure.com",
        '    azure_endpoint="https://res.openai.azure.com/",',
        '"endpoint": "https://res.openai.azure.com/",',
        "endpoint: res.openai.azure.com",
        f'curl "https://res.openai.azure.com/{OLD}" -H "Content-Type: application/json"',
        "[my resource](https://res.openai.azure.com/)",
    ],
)
def test_azure_openai_in_every_form(pasted: str) -> None:
    assert first(pasted) == (AZURE, PUBLIC)


@pytest.mark.parametrize(
    ("pasted", "base_url"),
    [
        (
            f"https://res.cognitiveservices.azure.com/{OLD}",
            "https://res.cognitiveservices.azure.com/openai/v1",
        ),
        ("https://res.services.ai.azure.com/", "https://res.services.ai.azure.com/openai/v1"),
        ("https://res.services.ai.azure.com/openai/v1", "https://res.services.ai.azure.com/openai/v1"),
        (
            "https://res.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
            "https://res.services.ai.azure.com/openai/v1",
        ),
        ("https://res.openai.azure.us", "https://res.openai.azure.us/openai/v1"),
        ("res.openai.azure.cn", "https://res.openai.azure.cn/openai/v1"),
        ("https://eastus.api.cognitive.microsoft.com/", "https://eastus.api.cognitive.microsoft.com/openai/v1"),
        (f"https://gate.azure-api.net/team/{OLD}", "https://gate.azure-api.net/team/openai/v1"),
        ("https://gate.azure-api.net/team", "https://gate.azure-api.net/team/openai/v1"),
        ("https://gate.azure-api.net", "https://gate.azure-api.net/openai/v1"),
        ("https://gate.example/deployments/x/chat/completions", "https://gate.example/openai/v1"),
    ],
)
def test_azure_elsewhere(pasted: str, base_url: str) -> None:
    assert first(pasted) == (AZURE, base_url)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://api.openai.com",
        "https://api.openai.com/v1/",
        "https://api.openai.com/v1/responses",
        "https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1/threads/thread_abc",
        "OPENAI_BASE_URL=https://api.openai.com/v1",
        "api.openai.com",
    ],
)
def test_openai_in_every_form(pasted: str) -> None:
    assert first(pasted) == (OPENAI, "https://api.openai.com/v1")


def test_openai_in_a_region_stays_there() -> None:
    assert first("https://eu.api.openai.com/v1/files") == (OPENAI, "https://eu.api.openai.com/v1")


@pytest.mark.parametrize(
    ("pasted", "kind"),
    [
        (PROJECT, FOUNDRY),
        (f"{PROJECT}/", FOUNDRY),
        (f"{PROJECT}/openai/v1/", FOUNDRY),
        (f"{PROJECT}/openai/v1/responses", FOUNDRY),
        (f"{PROJECT}/agents/analyst", FOUNDRY),
        (f"{PROJECT}/assistants?api-version=v1", AGENT),
        (f"{PROJECT}/threads/thread_abc/messages?api-version=2025-05-01", AGENT),
        (f"{PROJECT}/agents/asst_abc", AGENT),
    ],
)
def test_a_project_is_foundry_or_agent_service(pasted: str, kind: ConnectionKind) -> None:
    endpoint = understand(pasted)
    assert endpoint.kinds[0] is kind
    assert endpoint.base_url(FOUNDRY) == f"{PROJECT}/openai/v1"
    assert endpoint.base_url(AGENT) == PROJECT
    assert endpoint.base_url(AZURE) == "https://res.services.ai.azure.com/openai/v1"
    assert (endpoint.name, endpoint.is_retired) == ("Proj", False)


@pytest.mark.parametrize(
    ("pasted", "assistants", "openai"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("gpu-box:8000/", "http://gpu-box:8000/v1", "http://gpu-box:8000/v1"),
        ("localhost", "http://localhost/v1", "http://localhost/v1"),
        ("http://0.0.0.0:80/v1", "http://127.0.0.1/v1", "http://127.0.0.1/v1"),
        ("[::1]:8000", "http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://[FE80::1]:8000/v1", "http://[fe80::1]:8000/v1", "http://[fe80::1]:8000/v1"),
        ("ai.example/v1/threads/thread_abc", "https://ai.example/v1", "https://ai.example/v1"),
        ("https://ai.example/proxy/assistants", "https://ai.example/proxy", "https://ai.example/proxy"),
        ("http://ai.example/Api/v1/files", "http://ai.example/Api/v1", "http://ai.example/Api/v1"),
    ],
)
def test_other_hosts_are_assistants_servers_or_speak_responses(pasted: str, assistants: str, openai: str) -> None:
    endpoint = understand(pasted)
    assert endpoint.kinds == (ASSISTANTS, OPENAI)
    assert (endpoint.base_url(ASSISTANTS), endpoint.base_url(OPENAI)) == (assistants, openai)
    assert not endpoint.is_retired


@pytest.mark.parametrize("pasted", ["https://ai.example/v1/responses", "https://ai.example/openai/v1"])
def test_an_address_that_speaks_of_responses_is_no_assistants_server_at_first(pasted: str) -> None:
    assert understand(pasted).kinds[0] is OPENAI


@pytest.mark.parametrize(
    "pasted",
    [
        "https://api.openai.com/v1/assistants",
        "https://api.openai.com/v1/threads/thread_abc",
        "https://res.openai.azure.com/openai/assistants?api-version=2024-05-01-preview",
        "https://res.cognitiveservices.azure.com/openai/threads?api-version=2024-05-01-preview",
    ],
)
def test_the_retired_api_is_recognised_and_what_works_is_offered(pasted: str) -> None:
    endpoint = understand(pasted)
    assert endpoint.is_retired
    assert endpoint.problem is None
    assert endpoint.kinds[0] in (OPENAI, AZURE)


def test_what_else_stands_in_it_is_found() -> None:
    azure = understand(
        "https://res.openai.azure.com/openai/deployments/my%20gpt/responses?API-Version=2025-04-01-preview"
    )
    assert (azure.name, azure.model, azure.api_version) == ("res", "my gpt", "2025-04-01-preview")
    assert understand(f"{PROJECT}/agents/analyst:3").agent == "analyst"
    assert understand(f"{PROJECT}/applications/helper/protocols/openai/responses").agent == "helper"
    assert understand(f"{PROJECT}/agents/asst_abc").agent == ""
    assert understand("http://desk.local:8000/v1").name == "desk.local"


@pytest.mark.parametrize(
    ("pasted", "problem"),
    [
        ("", Problem.EMPTY),
        ("  ''\n", Problem.EMPTY),
        ("what is this", Problem.ADDRESS),
        ("resource", Problem.ADDRESS),
        ("http://", Problem.ADDRESS),
        ("http://[::1", Problem.ADDRESS),
        ("localhost:99999", Problem.ADDRESS),
        ("localhost:0", Problem.ADDRESS),
        ("999.1.2.3:80", Problem.ADDRESS),
        ("https://a..example", Problem.ADDRESS),
        ("https:\\\\res.openai.azure.com", Problem.ADDRESS),
        ("ftp://res.openai.azure.com", Problem.SCHEME),
        ("wss://api.openai.com/v1/realtime", Problem.SCHEME),
        ("https://me:secret@res.openai.azure.com", Problem.CREDENTIALS),
        ("me@res.openai.azure.com", Problem.CREDENTIALS),
        ("sk-proj-0123456789abcdefghij", Problem.KEY),
        ("0123456789abcdef0123456789abcdef", Problem.KEY),
        ("OPENAI_API_KEY=sk-0123456789abcdefghij", Problem.KEY),
        ("https://ai.azure.com/resource/overview?wsid=/subscriptions/x", Problem.PORTAL),
        ("https://portal.azure.com/#@contoso.com/resource/", Problem.PORTAL),
        ("https://platform.openai.com/assistants", Problem.PORTAL),
        ("eastus.api.azureml.ms;0000-1111;group;project", Problem.HUB),
        ("https://phi.eastus2.models.ai.azure.com/v1", Problem.CHAT_ONLY),
        ("https://models.inference.ai.azure.com", Problem.CHAT_ONLY),
    ],
)
def test_what_cannot_be_used_says_why(pasted: str, problem: Problem) -> None:
    assert understand(pasted) == Endpoint(problem=problem)
    assert normalized(AZURE, pasted) == Endpoint(problem=problem)


@pytest.mark.parametrize(
    ("kind", "pasted", "base_url"),
    [
        (OPENAI, "http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        (OPENAI, "https://res.openai.azure.com", PUBLIC),
        (AZURE, f"{PROJECT}/openai/v1", "https://res.services.ai.azure.com/openai/v1"),
        (AZURE, "http://127.0.0.1:8000", "http://127.0.0.1:8000/openai/v1"),
        (AZURE, "http://127.0.0.1:8000/team/v1", "http://127.0.0.1:8000/team/v1"),
        (AZURE, "http://127.0.0.1:8000/gate/api/projects/p", "http://127.0.0.1:8000/gate/openai/v1"),
        (FOUNDRY, "http://127.0.0.1:8000/api/projects/p", "http://127.0.0.1:8000/api/projects/p/openai/v1"),
        (AGENT, "http://127.0.0.1:8000/gate/api/projects/p/x", "http://127.0.0.1:8000/gate/api/projects/p"),
        (AGENT, f"{PROJECT}/openai/v1", PROJECT),
        (ASSISTANTS, "https://ai.example/v1/responses", "https://ai.example/v1"),
        (ENGINE, "anything", ""),
    ],
)
def test_a_chosen_kind_wins(kind: ConnectionKind, pasted: str, base_url: str) -> None:
    endpoint = normalized(kind, pasted)
    assert (endpoint.kinds, endpoint.base_url(kind), endpoint.problem) == ((kind,), base_url, None)


@pytest.mark.parametrize(
    ("kind", "pasted", "problem", "instead"),
    [
        (FOUNDRY, "https://res.services.ai.azure.com", Problem.PROJECT_MISSING, (AZURE,)),
        (AGENT, "https://res.openai.azure.com", Problem.PROJECT_MISSING, (AZURE,)),
        (FOUNDRY, "https://api.openai.com/v1", Problem.OTHER_SERVICE, (OPENAI,)),
        (AZURE, "https://api.openai.com/v1", Problem.OTHER_SERVICE, (OPENAI,)),
        (ASSISTANTS, "https://api.openai.com/v1", Problem.RETIRED, (OPENAI,)),
        (ASSISTANTS, "https://res.openai.azure.com", Problem.RETIRED, (AZURE,)),
        (ASSISTANTS, f"{PROJECT}/assistants", Problem.OTHER_SERVICE, (AGENT, FOUNDRY, AZURE)),
    ],
)
def test_a_chosen_kind_that_cannot_be_names_what_can(
    kind: ConnectionKind, pasted: str, problem: Problem, instead: tuple[ConnectionKind, ...]
) -> None:
    endpoint = normalized(kind, pasted)
    assert (endpoint.problem, endpoint.kinds) == (problem, instead)


HOSTS = st.sampled_from(
    [
        "res.openai.azure.com", "res.services.ai.azure.com", "api.openai.com", "gate.azure-api.net", "[::1]:8000",
        "127.0.0.1:8000", "ai.example", "eastus.api.cognitive.microsoft.com", "ai.azure.com",
    ]
)  # fmt: skip
SEGMENTS = st.lists(
    st.sampled_from(
        [
            "", "v1", "V2", "v1beta", "openai", "api", "projects", "P", "agents", "deployments", "models", "threads",
            "assistants", "responses", "chat", "completions", "protocols", "%20", "x;y", "ü",
        ]
    )
)  # fmt: skip
ADDRESSES = st.builds(lambda host, path: "/".join(("https:/", host, *path)), HOSTS, SEGMENTS)


@given(st.text() | st.text(alphabet="htps:/.@[]%?#=;&,\\\"' av1\u200b\u2100", max_size=40) | ADDRESSES)
def test_any_text_is_understood_or_has_a_problem(text: str) -> None:
    endpoint = understand(text)
    assert bool(endpoint.candidates) != bool(endpoint.problem)
    for kind in ConnectionKind:
        shaped = normalized(kind, text)
        assert shaped.kinds == (kind,) or shaped.problem


@given(ADDRESSES | st.text())
def test_a_result_pasted_again_stays_as_it_is(text: str) -> None:
    for kind in ConnectionKind:
        base_url = normalized(kind, text).base_url(kind)
        assert not base_url or normalized(kind, base_url).base_url(kind) == base_url
    for candidate in understand(text).candidates:
        assert normalized(candidate.kind, candidate.base_url).candidates == (candidate,)
