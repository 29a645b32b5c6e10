"""What Entra ID is asked for, and what it gives."""

import time
from dataclasses import dataclass, field

from desktop_app.domain.connection import SignIn

_MARGIN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Audience:
    """Who signs in where, and for what.

    Attributes:
        authority: The host that signs in.
        tenant: The directory; empty for the person's own.
    """

    sign_in: SignIn
    authority: str
    tenant: str
    scope: str


@dataclass(frozen=True, slots=True)
class Token:
    """What is sent to the service. Its value is in no repr.

    Attributes:
        expires_at: Seconds since the epoch.
        refresh_at: From when on Entra ID would rather give another one.
    """

    value: str = field(repr=False)
    expires_at: float
    refresh_at: float | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether it lasts long enough for a request that takes its time."""
        now = time.time()
        return now < self.expires_at - _MARGIN_SECONDS and (self.refresh_at is None or now < self.refresh_at)
