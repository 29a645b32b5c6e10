"""What every endpoint works with."""

from dataclasses import dataclass

from starlette.requests import Request

from desktop_app.engine.port import Interpreter
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.runs.router import ModelRouter
from desktop_app.engine.runs.runner import Runner
from desktop_app.engine.storage.blob import BlobStore
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Json, Kind, Records


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a running engine."""

    database: Database
    blobs: BlobStore
    interpreter: Interpreter
    router: ModelRouter
    runner: Runner


_NAMES: dict[Kind, str] = {"step": "run step"}


def require(records: Records, kind: Kind, object_id: str, *, thread_id: str | None = None) -> Json:
    """The object, which (if a thread is given) must be of this thread.

    Raises:
        RefusalError: 404.
    """
    body = records.get(kind, object_id)
    if body is None or (thread_id is not None and body["thread_id"] != thread_id):
        raise unknown(kind, object_id)
    return body


def require_run(records: Records, request: Request) -> Json:
    """The run that the request's path names.

    Raises:
        RefusalError: 404.
    """
    thread_id, run_id = request.path_params["thread_id"], request.path_params["run_id"]
    require(records, "thread", thread_id)
    return require(records, "run", run_id, thread_id=thread_id)


def require_files(records: Records, file_ids: list[str], param: str) -> None:
    """Makes sure that all these files are there.

    Raises:
        RefusalError: 404, naming the first that is not.
    """
    for file_id in file_ids:
        if records.blob_of(file_id) is None:
            raise RefusalError(404, f"No file found with id '{file_id}'.", param=param)


def unknown(kind: Kind, object_id: str) -> RefusalError:
    """What is answered to an id that does not exist."""
    return RefusalError(404, f"No {_NAMES.get(kind, kind)} found with id '{object_id}'.")
