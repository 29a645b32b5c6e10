"""The archive: SQLite for what was said, a folder of blobs for what was attached or made."""

from desktop_app.stores.archive.archive import SqliteArchive

__all__ = ["SqliteArchive"]
