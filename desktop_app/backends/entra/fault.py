"""Why a sign-in failed, as a domain error.

Microsoft's sentences name accounts ("User account 'me@contoso.com' …"), so that only their codes are kept:
https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re
from collections.abc import Iterator

from desktop_app.domain.error import DeskError, ErrorCode

_CAUSES = (
    ("cancelled", r"access_denied|authorization_declined|AADSTS65004\b"),
    ("cli_missing", r"Azure CLI not found"),
    (
        "tenant",
        # The account is not in the tenant; no such tenant; the service is not in it; none is named.
        r"AADSTS(?:50020|50034|90072|90002|900023|900382|500011|50059)\b|[Ii]nvalid tenant|get authority configuration",
    ),
    ("cli_signed_out", r"\baz login\b"),
    ("timeout", r"[Tt]imed out|expired_token|code_expired|AADSTS70019\b"),
    ("browser", r"open a browser"),
)
_SAYABLE = re.compile(r"AADSTS\d+|(?:Trace|Correlation) ID: [0-9a-f-]+", re.IGNORECASE)


def from_azure(error: Exception) -> DeskError:
    """The error of a sign-in, without account and token. Raise it outside the `except`."""
    chain = tuple(_chain(error))
    known = next((link for link in chain if isinstance(link, DeskError)), None)
    if known is not None:
        return known
    words = "\n".join(map(str, chain))
    detail = " ".join(dict.fromkeys(_SAYABLE.findall(words))) or type(error).__name__
    cause = next((cause for cause, pattern in _CAUSES if re.search(pattern, words)), "refused")
    return DeskError(ErrorCode.SIGN_IN_FAILED, detail, cause=cause)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
