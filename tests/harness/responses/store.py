"""What a service keeps: files, containers and conversations, as it shows them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.harness.responses.refusal import Json, RefusalError, missing

CREATED_AT = 1_790_000_000
"""When everything was made: tests compare what they see."""


@dataclass
class File:
    """An uploaded file."""

    id: str
    name: str
    data: bytes
    purpose: str

    def shown(self) -> Json:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": CREATED_AT,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass
class ContainerFile:
    """A file in `/mnt/data`. One that was attached is called otherwise there than here."""

    id: str
    container_id: str
    name: str
    data: bytes
    source: str

    def shown(self) -> Json:
        prefix = f"{self.id[-8:]}-" if self.source == "user" else ""
        return {
            "id": self.id,
            "object": "container.file",
            "bytes": len(self.data),
            "created_at": CREATED_AT,
            "container_id": self.container_id,
            "path": f"/mnt/data/{prefix}{self.name}",
            "source": self.source,
        }


@dataclass
class Container:
    """A sandbox with its files; an expired one has none, and can be looked at and nothing else."""

    id: str
    name: str
    is_expired: bool = False
    files: dict[str, ContainerFile] = field(default_factory=dict)

    def shown(self) -> Json:
        return {
            "id": self.id,
            "object": "container",
            "created_at": CREATED_AT,
            "name": self.name,
            "status": "expired" if self.is_expired else "running",
            "last_active_at": CREATED_AT,
            "expires_after": {"anchor": "last_active_at", "minutes": 20},
        }

    def expire(self) -> None:
        self.is_expired = True
        self.files.clear()


@dataclass
class Conversation:
    """A thread.

    Attributes:
        active: The response that is being made in it; empty for none.
        container_id: The container that the last response made for itself.
    """

    id: str
    metadata: dict[str, str]
    items: list[Json] = field(default_factory=list)
    active: str = ""
    container_id: str = ""

    def shown(self) -> Json:
        return {"id": self.id, "object": "conversation", "created_at": CREATED_AT, "metadata": self.metadata}


class Store:
    """Everything of one service."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.containers: dict[str, Container] = {}
        self.conversations: dict[str, Conversation] = {}
        self._numbers: Iterator[int] = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):024x}"

    def add_file(self, name: str, data: bytes, purpose: str) -> File:
        file_id = self.new_id("file").replace("_", "-")
        return self.files.setdefault(file_id, File(file_id, name, data, purpose))

    def file(self, file_id: str) -> File:
        if file_id not in self.files:
            raise RefusalError(404, f"No such File object: {file_id}", param="id")
        return self.files[file_id]

    def add_container(self, name: str) -> Container:
        container_id = self.new_id("cntr")
        return self.containers.setdefault(container_id, Container(container_id, name))

    def container(self, container_id: str) -> Container:
        if container_id not in self.containers:
            raise missing("Container", container_id)
        return self.containers[container_id]

    def running_container(self, container_id: str) -> Container:
        container = self.container(container_id)
        if container.is_expired:
            raise RefusalError(400, "Container is expired.")
        return container

    def put_into(self, container: Container, name: str, data: bytes, source: str) -> ContainerFile:
        """Adds a file, or what it holds now if the code has saved it again."""
        for file in container.files.values():
            if source == "assistant" and (file.name, file.source) == (name, source):
                file.data = data
                return file
        file_id = self.new_id("cfile")
        return container.files.setdefault(file_id, ContainerFile(file_id, container.id, name, data, source))

    def container_file(self, container_id: str, file_id: str) -> ContainerFile:
        container = self.running_container(container_id)
        if file_id not in container.files:
            raise missing("Container file", file_id)
        return container.files[file_id]

    def conversation(self, conversation_id: str) -> Conversation:
        if conversation_id not in self.conversations:
            raise missing("Conversation", conversation_id)
        return self.conversations[conversation_id]

    def add_conversation(self, metadata: dict[str, str]) -> Conversation:
        conversation_id = self.new_id("conv")
        return self.conversations.setdefault(conversation_id, Conversation(conversation_id, metadata))
