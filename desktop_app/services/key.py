"""Keys: in the keychain, and where that does not take them in memory, until the program ends."""

from collections.abc import Callable

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Keychain
from desktop_app.services.notice import Notice, NoticeBoard, NoticeKind

_KEYCHAIN_ERRORS = frozenset(
    {ErrorCode.KEYCHAIN_MISSING, ErrorCode.KEYCHAIN_LOCKED, ErrorCode.KEYCHAIN_FAILED, ErrorCode.KEY_REJECTED},
)


class Keys:
    """Every key by the name of what it opens. No other place of the services holds one for longer than a call."""

    def __init__(
        self, keychain: Keychain, memory: Keychain, notices: NoticeBoard, on_secret: Callable[[str], None]
    ) -> None:
        """`memory` keeps what `keychain` does not take; `on_secret` is told each key, to keep it out of the log."""
        self._keychain = keychain
        self._memory = memory
        self._notices = notices
        self._on_secret = on_secret

    async def get(self, name: str) -> str:
        """The key, or empty if there is none.

        Raises:
            DeskError: The keychain does not answer.
        """
        key = await self._memory.get(name) or await self._keychain.get(name) or ""
        self._on_secret(key)
        return key

    async def put(self, name: str, key: str, subject: str) -> bool:
        """Stores a key, and knows it at once; what is not taken stays in memory, and a notice about `subject` says so.

        Returns:
            Whether the next start will find it.

        Raises:
            DeskError: KEY_REJECTED: nobody takes it.
        """
        self._on_secret(key)
        await self._memory.set(name, key)  # a keychain may take its time, and may be given up
        try:
            await self._keychain.set(name, key)
        except DeskError as error:
            if error.code not in _KEYCHAIN_ERRORS:
                raise
            self._notices.post(Notice(NoticeKind.KEY_IN_MEMORY, subject, error.info))
            return False
        await self._memory.delete(name)
        return True

    async def delete(self, name: str) -> None:
        """Removes a key from wherever it is.

        Raises:
            DeskError: The keychain does not remove it. One that is not there has none.
        """
        await self._memory.delete(name)
        try:
            await self._keychain.delete(name)
        except DeskError as error:
            if error.code is not ErrorCode.KEYCHAIN_MISSING:
                raise

    async def is_in_memory(self, name: str) -> bool:
        """Whether the key is kept only until the program ends."""
        return await self._memory.get(name) is not None
