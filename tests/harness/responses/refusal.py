"""What a service answers instead of doing what it was asked, word for word as the services do."""

from collections.abc import Mapping
from typing import Any

from tests.harness.responses.dialect import Dialect

Json = dict[str, Any]


class RefusalError(Exception):
    """An answer that is an error; with `is_gateway` it never reached the model, and knows neither type nor param."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        param: str | None = None,
        *,
        kind: str = "invalid_request_error",
        is_gateway: bool = False,
        headers: Mapping[str, str] | None = None,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        if is_gateway:
            error: Json = {"code": code or str(status), "message": message}
        else:
            error = {"message": message, "type": kind, "param": param, "code": code}
        self.body: Json = {"error": {**error, **(more or {})}}


def unauthorized(dialect: Dialect, key: str) -> RefusalError:
    """The key is wrong. OpenAI shows its ends; some proxies show all of it."""
    if dialect.value.is_gateway:
        message = "Access denied due to invalid subscription key or wrong API endpoint."
        return RefusalError(401, message, "401", is_gateway=True)
    return RefusalError(401, f"Incorrect API key provided: {key}.", "invalid_api_key")


def forbidden(dialect: Dialect) -> RefusalError:
    """The key is right, and not allowed to do this."""
    if dialect.value.is_gateway:
        message = "The principal lacks the required data action to perform this operation."
        return RefusalError(403, message, "PermissionDenied", is_gateway=True)
    return RefusalError(403, "You have insufficient permissions for this operation.", "insufficient_permissions")


def model_missing(dialect: Dialect, model: str) -> RefusalError:
    """There is no such model, or no such deployment."""
    if dialect.value.is_gateway:
        message = "The API deployment for this resource does not exist."
        return RefusalError(404, message, "DeploymentNotFound", is_gateway=True)
    return RefusalError(400, f"The requested model '{model}' does not exist.", "model_not_found", "model")


def address_wrong(dialect: Dialect, method: str, path: str) -> RefusalError:
    """Nothing is there."""
    if dialect.value.is_gateway:
        return RefusalError(404, "Resource not found", "404", is_gateway=True)
    return RefusalError(404, f"Invalid URL ({method} {path})")


def missing(kind: str, name: str) -> RefusalError:
    """There is no object of this id."""
    return RefusalError(404, f"{kind} with id '{name}' not found.")


def rate_limited(dialect: Dialect, seconds: int = 1) -> RefusalError:
    """Too many requests: worth waiting for."""
    headers = {"retry-after": str(seconds), "x-ratelimit-remaining-requests": "0"}
    message = f"Rate limit reached for requests. Please try again in {seconds}s."
    if dialect.value.is_gateway:
        return RefusalError(429, message, "429", is_gateway=True, headers=headers)
    return RefusalError(429, message, "rate_limit_exceeded", kind="requests", headers=headers)


def out_of_quota() -> RefusalError:
    """The account is empty: waiting does not help."""
    message = "You exceeded your current quota, please check your plan and billing details."
    return RefusalError(429, message, "insufficient_quota", kind="insufficient_quota")


def content_filtered(dialect: Dialect) -> RefusalError:
    """The question is not allowed."""
    if dialect.value.is_gateway:
        found = {"hate": {"filtered": True, "severity": "high"}, "jailbreak": {"filtered": False, "detected": False}}
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": found}
        message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
        return RefusalError(400, message, "content_filter", "prompt", more={"status": 400, "innererror": inner})
    return RefusalError(
        400, "Invalid prompt: your prompt was flagged as potentially violating our policy.", "invalid_prompt"
    )


def locked() -> RefusalError:
    """A response is being made in the conversation."""
    message = "Another process is currently operating on this conversation. Please retry in a few seconds."
    return RefusalError(400, message, "conversation_locked", "conversation")


def server_failed(dialect: Dialect, status: int = 500) -> RefusalError:
    """Something broke there."""
    message = "The server had an error while processing your request."
    return RefusalError(status, message, "server_error", kind="server_error", is_gateway=dialect.value.is_gateway)
