"""Who asks: a credential in each request's header, and nowhere else."""

from collections import deque
from collections.abc import AsyncGenerator

import httpx2

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential

_KEPT = 4


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
        """The same error without anything that was sent to sign in."""
        data = {name: self._scrub(text) for name, text in error.info.data.items()}
        return DeskError(error.code, self._scrub(error.info.detail), **data)

    def _scrub(self, words: str) -> str:
        for secret in self._sent:
            words = words.replace(secret, "…")
        return words
