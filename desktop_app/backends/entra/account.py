"""One sign-in, and the tokens it is good for."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_app.backends.entra.call import Call, Stop
from desktop_app.backends.entra.token import Audience, Token
from desktop_app.domain.connection import DeviceCode, Network
from desktop_app.domain.error import DeskError, ErrorCode

if TYPE_CHECKING:
    from desktop_app.backends.entra.directory import Directory

Show = Callable[[DeviceCode], None]


class Account:
    """Who signed in for a connection. However many ask for a token, there is one sign-in at a time."""

    def __init__(self, audience: Audience, seconds: float) -> None:
        self._audience = audience
        self._seconds = seconds
        self._directory: Directory | None = None
        self._token: Token | None = None
        self._call: Call[Token] | None = None
        self._code: DeviceCode | None = None

    async def token(self, network: Network, show_code: Show) -> str:
        """A token that is fresh. Cancelling everyone who waits for it cancels the sign-in.

        Raises:
            DeskError: SIGN_IN_UNAVAILABLE, SIGN_IN_FAILED, CONNECTION_FAILED, TIMED_OUT, CERTIFICATE_INVALID.
        """
        if self._token is not None and self._token.is_fresh:
            return self._token.value
        if self._call is None or self._call.is_over:
            self._code = None
            self._call = Call(self._work(network, show_code))
        elif self._code is not None:  # somebody else was shown it, and may be gone
            show_code(self._code)
        self._token = await self._call.result()
        return self._token.value

    def close(self) -> None:
        """Forgets the person; whoever waits for a sign-in is told that it was cancelled."""
        if self._call is not None:
            self._call.give_up()
        self._token = self._directory = None

    def _work(self, network: Network, show_code: Show) -> Callable[[Stop], Token]:
        loop = asyncio.get_running_loop()

        def show(code: DeviceCode) -> None:
            self._code = code
            show_code(code)

        def show_on_loop(code: DeviceCode) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended
                loop.call_soon_threadsafe(show, code)

        def work(stop: Stop) -> Token:
            # Whoever signs out meanwhile, in another thread, takes it away from the account and not from here.
            self._directory = directory = self._directory or _open(self._audience, self._seconds)
            return directory.token(network, show_on_loop, stop)

        return work


def _open(audience: Audience, seconds: float) -> "Directory":
    try:
        from desktop_app.backends.entra.directory import Directory  # noqa: PLC0415 - azure-identity is optional, and slow
    except ImportError as error:
        failure = DeskError(ErrorCode.SIGN_IN_UNAVAILABLE, f'{error}; pip install "assistant-desk[entra]"')
    else:
        return Directory(audience, seconds)
    raise failure
