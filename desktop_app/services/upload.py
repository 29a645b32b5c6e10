"""One file of the archive, on its way to a service."""

from dataclasses import replace

from desktop_app.domain.connection import RemoteFile
from desktop_app.domain.entity import StoredFile
from desktop_app.domain.port import Archive, Backend, Progress


def _ignore(_done: int, _total: int) -> None:
    """For an upload that nobody watches."""


async def upload(
    backend: Backend, archive: Archive, connection_id: str, file: StoredFile, progress: Progress = _ignore
) -> StoredFile:
    """Uploads a file once: one that this service has is returned as it is.

    Returns:
        The file with the service's id. It has not been stored; that the service keeps it has.
    """
    if file.remote_id and file.connection_id == connection_id:
        return file
    remote_id = await backend.upload(archive.blob_path(file.sha256), file.name, progress)
    await archive.save_remote_file(RemoteFile(connection_id, remote_id, file.id))
    return replace(file, remote_id=remote_id, connection_id=connection_id)
