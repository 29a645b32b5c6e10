"""The Credential Manager of Windows as `keyring` calls it, with the limits that Microsoft documents.

Source: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw (CredentialBlobSize: at most
5 * 512 bytes; UserName: at most 513 characters with the closing NUL).
"""

import sys
from types import ModuleType, SimpleNamespace

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import Windows

_MAX_BLOB = 5 * 512
_MAX_USER_NAME = 512
_INVALID_PARAMETER = 87
_NOT_FOUND = 1168
_BAD_DATA = 1783


class CredentialError(Exception):
    """As `pywintypes.error`."""

    def __init__(self, winerror: int, funcname: str) -> None:
        super().__init__(winerror, funcname)
        self.winerror = winerror
        self.funcname = funcname


class CredentialManager:
    """The credentials by their targets, as the functions of `win32cred` see them."""

    def __init__(self) -> None:
        self.by_target: dict[str, dict[str, object]] = {}

    def read(self, **which: object) -> dict[str, object]:
        return self._of(which, "CredRead")

    def write(self, credential: dict[str, object], _flags: int) -> None:
        blob = str(credential["CredentialBlob"]).encode("utf-16-le")
        if len(blob) > _MAX_BLOB:
            raise CredentialError(_BAD_DATA, "CredWrite")
        if len(str(credential["UserName"]).encode("utf-16-le")) > 2 * _MAX_USER_NAME:
            raise CredentialError(_INVALID_PARAMETER, "CredWrite")
        self.by_target[str(credential["TargetName"])] = {**credential, "CredentialBlob": blob}

    def delete(self, **which: object) -> None:
        self._of(which, "CredDelete")
        del self.by_target[str(which["TargetName"])]

    def _of(self, which: dict[str, object], function: str) -> dict[str, object]:
        credential = self.by_target.get(str(which["TargetName"]))
        if credential is None:
            raise CredentialError(_NOT_FOUND, function)
        return credential


def installed(patch: pytest.MonkeyPatch) -> tuple[KeyringBackend, CredentialManager]:
    """`keyring`'s backend for Windows over empty credentials, until `patch` is undone."""
    manager = CredentialManager()
    names = {"CRED_TYPE_GENERIC": 1, "CRED_PERSIST_ENTERPRISE": 3}
    functions = {"CredRead": manager.read, "CredWrite": manager.write, "CredDelete": manager.delete}
    errors = ModuleType("pywintypes")
    patch.setattr(errors, "error", CredentialError, raising=False)
    patch.setattr(Windows, "win32cred", SimpleNamespace(**names, **functions), raising=False)
    patch.setattr(Windows, "pywintypes", errors, raising=False)
    keyring.get_keyring()  # the system's own is found before this one could be
    patch.setattr(Windows, "missing_deps", False)
    patch.setitem(sys.modules, "win32ctypes.pywin32.pywintypes", errors)
    return Windows.WinVaultKeyring(), manager  # type: ignore[no-untyped-call]  # keyring's own
