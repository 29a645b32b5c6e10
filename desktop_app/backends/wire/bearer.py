"""Who asks: a credential in each request's header, and nowhere else."""

import base64
import re
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from urllib.parse import quote

import httpx2

from desktop_app.backends.wire.shape import Json
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential

_KEPT = 4
_MOST_CHARACTERS = 2_000  # of a service's message
_MASKED = re.compile(r"(?<![\w-])([\w-]{0,200})(?:\*{2,}|[•…]+|\.{3,})([\w-]{0,200})")
_FAULTS = ("error", "last_error")


class Bearer(httpx2.Auth):
    """Asks for the credential before each request, so that a token is fresh however long a run takes.

    Knows by value what it has sent, and takes it out of whatever shall be shown.
    """

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._sent: deque[str] = deque(maxlen=_KEPT)

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Signs a request.

        Raises:
            DeskError: UNAUTHORIZED, for a key that no header can carry, and what the credential raises.
        """
        secret = (await self._credential()).strip()
        if secret and secret not in self._sent:
            self._sent.append(secret)
        if not (secret.isascii() and secret.isprintable()):
            detail = "the key holds characters that a request cannot carry"
            raise DeskError(ErrorCode.UNAUTHORIZED, detail, cause="characters")
        request.headers["Authorization"] = f"Bearer {secret or 'none'}"  # servers without keys do not look at it
        yield request

    def scrubbed(self, error: DeskError) -> DeskError:
        """The same error without anything that was sent to sign in, and no longer than can be read."""
        # Cut short last: of a secret that is cut in two, the first half would stay.
        data = {name: self._scrub(text)[:_MOST_CHARACTERS] for name, text in error.info.data.items()}
        return DeskError(error.code, self._scrub(error.info.detail)[:_MOST_CHARACTERS], **data)

    def clean(self, told: Json) -> Json:
        """What a service tells, scrubbed where it tells of errors; whatever else it says stays as it is."""
        for name, value in told.items():
            if name in _FAULTS:
                told[name] = self._cleaned(value)
            elif name == "response" and isinstance(value, dict):
                self.clean(value)
            elif name == "data" and isinstance(value, list):
                for each in value:
                    if isinstance(each, dict):
                        self.clean(each)
        return told

    def _cleaned(self, value: object) -> object:
        match value:
            case str():
                return self._scrub(value)
            case dict():
                return {name: self._cleaned(each) for name, each in value.items()}
            case list():
                return [self._cleaned(each) for each in value]
            case _:
                return value

    def _scrub(self, words: str) -> str:
        for secret in self._sent:
            for form in _forms(secret):
                words = words.replace(form, "…")
        return _MASKED.sub(self._without_ends, words)

    def _without_ends(self, masked: re.Match[str]) -> str:
        """Services show the ends of a key that they refuse: `sk-ab***yz`."""
        head, tail = masked.groups()
        is_ours = any((head and secret.startswith(head)) or (tail and secret.endswith(tail)) for secret in self._sent)
        return "…" if is_ours else masked[0]


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may come back."""
    yield secret
    yield quote(secret, safe="")
    yield base64.b64encode(secret.encode(errors="replace")).decode().rstrip("=")
