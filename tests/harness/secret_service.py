"""The Secret Service of the test's session: there or the test fails; locked and unlocked without anybody typing."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
import secretstorage
from jeepney import DBusAddress, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection
from keyring.backends import SecretService
from secretstorage.util import format_secret, open_session

from tests.harness.session import KEYRING_PASSWORD

# How gnome-keyring's own tools unlock: https://gitlab.gnome.org/GNOME/gnome-keyring (gkd-secret-service.c)
_INTERNAL = DBusAddress(
    "/org/freedesktop/secrets",
    bus_name="org.freedesktop.secrets",
    interface="org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
)


_PROMPTER = "org.gnome.keyring.SystemPrompter"


def require() -> None:
    """Fails the test in words when there is no Secret Service, or it is a person's own."""
    is_ours = Path(os.environ.get("XDG_RUNTIME_DIR", "")).parent.name.startswith("desk-")
    if not is_ours or not isinstance(keyring.get_keyring(), SecretService.Keyring):
        pytest.fail(
            "No Secret Service. Run `python3 installers/dev.py pytest` instead, which brings one.", pytrace=False
        )


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Locks the default collection while the block lasts."""
    require()
    with contextlib.closing(secretstorage.dbus_init()) as connection:
        collection = secretstorage.get_default_collection(connection)
        collection.lock()
        try:
            yield
        finally:
            _unlock(connection, collection.collection_path)
            _end_prompter(connection)
            if collection.is_locked():
                pytest.fail("The keyring of the session cannot be unlocked again.", pytrace=False)


def _unlock(connection: DBusConnection, collection: str) -> None:
    secret = format_secret(open_session(connection), KEYRING_PASSWORD, "text/plain")
    call = new_method_call(_INTERNAL, "UnlockWithMasterPassword", "o(oayays)", (collection, secret))
    connection.send_and_get_reply(call)


def _end_prompter(connection: DBusConnection) -> None:
    """Ends the program that shows the prompts: one that nobody answered would keep the keyboard from later tests."""
    reply = connection.send_and_get_reply(message_bus.GetConnectionUnixProcessID(_PROMPTER))
    if reply.header.message_type is MessageType.method_return:
        os.kill(reply.body[0], signal.SIGKILL)
