"""What the first paint has to know of the settings."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QJsonDocument


class StoredLook:
    """The settings' values as they were when this was made; none if the file cannot be read.

    Qt reads the file: `json` and the errors that the settings can raise would take 4 ms to import. Whoever wants to
    change something, or to know why the file cannot be read, takes `JsonSettings`.
    """

    def __init__(self, path: Path) -> None:
        try:
            content = QJsonDocument.fromJson(QByteArray(path.read_bytes())).toVariant()
        except OSError:
            content = None
        values = content if isinstance(content, dict) else {}
        self._values = {str(name): value for name, value in values.items() if isinstance(value, str)}

    def get(self, name: str) -> str | None:
        """Return a value, or None."""
        return self._values.get(name)

    def all(self) -> dict[str, str]:
        """Return everything."""
        return dict(self._values)
