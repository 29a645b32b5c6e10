"""A request as a test looks at it afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request as HttpRequest

from tests.harness.responses.refusal import Json, RefusalError

_REQUEST = "desk.request"


@dataclass
class Request:
    """A request as it came; `json` once it was read, and `path` below the service's address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json: Json = field(default_factory=dict)


def note(http: HttpRequest, root: str) -> Request:
    """Makes the record of a request, and lets `read_json` find it."""
    request = Request(http.method, http.url.path.removeprefix(root), http.query_params, http.headers)
    http.scope[_REQUEST] = request
    return request


async def read_json(http: HttpRequest) -> Json:
    """The body, which must be an object."""
    try:
        body = json.loads(await http.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusalError(400, "We could not parse the JSON body of your request.")
    http.scope[_REQUEST].json = body
    return body
