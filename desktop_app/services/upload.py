"""One file of the archive, on its way to a service."""

from dataclasses import replace

from desktop_app.domain.entity import StoredFile
from desktop_app.domain.port import Archive, Backend, Progress


async def upload(backend: Backend, archive: Archive, file: StoredFile, progress: Progress) -> StoredFile:
    """Uploads a file once: one that has a remote id is returned as it is.

    Returns:
        The file with the service's id, which the archive has stored too.
    """
    if file.remote_id:
        return file
    remote_id = await backend.upload(archive.blob_path(file.sha256), file.name, progress)
    uploaded = replace(file, remote_id=remote_id)
    await archive.save_file(uploaded)
    return uploaded
