"""A question's way to the service: its files, its thread, then itself."""

from dataclasses import replace

from desktop_app.domain.entity import MessageState, Question
from desktop_app.domain.port import Backend
from desktop_app.services.activity import ActivityKind, ActivityLight
from desktop_app.services.turn_port import TurnPorts
from desktop_app.services.upload import upload


async def deliver(ports: TurnPorts, question: Question, light: ActivityLight) -> None:
    """Brings a question that is in the archive to the service, once: what an earlier try left there is used.

    Raises:
        DeskError: The question is as it was when it went wrong; it is up to the caller to mark it.
    """
    light.set(ActivityKind.STARTING_ENGINE)
    backend = await ports.engine.backend()
    question = await keep_question(ports, replace(question, state=MessageState.SENDING, error=None))
    for place, file in enumerate(question.files):
        if not file.remote_id:
            light.set(ActivityKind.UPLOADING, place + 1, len(question.files))
            uploaded = await upload(backend, ports.archive, file, lambda _done, _total: None)
            files = (*question.files[:place], uploaded, *question.files[place + 1 :])
            question = await keep_question(ports, replace(question, files=files))
    light.set(ActivityKind.WAITING_FOR_MODEL)
    thread_id = await _remote_thread(ports, backend, question.thread_id)
    file_ids = [file.remote_id for file in question.files]
    remote_id = await backend.add_message(thread_id, question.text, file_ids, question.id)
    await keep_question(ports, replace(question, state=MessageState.SENT, remote_id=remote_id))


async def keep_question(ports: TurnPorts, question: Question) -> Question:
    """Shows a question's new value and stores it; it is shown even if it cannot be stored."""
    ports.transcripts.put(question)
    await ports.archive.save_question(question)
    return question


async def _remote_thread(ports: TurnPorts, backend: Backend, thread_id: str) -> str:
    remote_id = ports.thread(thread_id).remote_id
    if not remote_id:
        remote_id = await backend.create_thread(thread_id)
        await ports.threads.store(replace(ports.thread(thread_id), remote_id=remote_id))
    return remote_id
