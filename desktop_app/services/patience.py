"""Waiting as long as a service asks to, where everybody can see it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.services.activity import ActivityKind, ActivityLight
from desktop_app.services.identity import now

T = TypeVar("T")

LONGEST_SECONDS = 300.0
"""A service that asks for more is not waited for: the person may want to do something else."""

_TRIES = 6
_UNASKED_SECONDS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Before each try, where the service does not say how long."""


class Patience:
    """For one turn: what is done in it starts counting anew with each success that comes through `during`.

    Only RATE_LIMITED is waited for: an exhausted quota does not fill up by waiting.
    """

    def __init__(self, light: ActivityLight) -> None:
        self._light = light
        self._tries = 0

    async def during(self, work: Callable[[], Awaitable[T]]) -> T:
        """Does `work`, again after each wait.

        Raises:
            DeskError: As `work` does; RATE_LIMITED if there is no end to it.
        """
        while True:
            try:
                result = await work()
            except DeskError as error:
                info = error.info
                if not self.allows(info):
                    raise
            else:
                self._tries = 0
                return result
            await self.wait(info)

    def allows(self, error: ErrorInfo) -> bool:
        """Whether waiting helps, and not for too long."""
        is_limit = error.code is ErrorCode.RATE_LIMITED
        return is_limit and self._tries < _TRIES and self._seconds(error) <= LONGEST_SECONDS

    async def wait(self, error: ErrorInfo) -> None:
        """Waits before the next try, and shows until when; then what went on before goes on."""
        seconds, before = self._seconds(error), self._light.shown
        self._tries += 1
        self._light.set(ActivityKind.RATE_LIMITED, until=now() + seconds)
        await asyncio.sleep(seconds)
        if before is not None and before.kind is not ActivityKind.RATE_LIMITED:
            self._light.set(before.kind, before.done, before.total)

    def _seconds(self, error: ErrorInfo) -> float:
        try:
            return max(0.0, float(error.data["retry_after"]))
        except (KeyError, ValueError):
            return _UNASKED_SECONDS[self._tries]
