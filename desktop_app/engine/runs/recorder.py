"""Keeping what happens in one run: written first, then announced."""

from desktop_app.engine.runs import shape
from desktop_app.engine.runs.channel import Channel
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Json, Kind, Records


class Recorder:
    """The one owner of a run's state while the run goes on.

    The state in memory changes first, without waiting; so two who decide by it can never both win.

    Attributes:
        run: The run as the API shows it.
    """

    def __init__(self, database: Database, channel: Channel, run: Json) -> None:
        self.database = database
        self.run = run
        self._channel = channel

    @property
    def is_final(self) -> bool:
        """Whether the run has ended (or is just being written as ended)."""
        return self.run["status"] in shape.FINAL

    async def save(self, *objects: tuple[Kind, Json]) -> None:
        """Writes objects of this run, in one transaction."""

        def work(records: Records) -> None:
            for kind, body in objects:
                records.save(kind, body)

        await self.database.run(work)

    def announce(self, name: str, body: Json) -> None:
        """Tells those who follow the run. What it says has been written."""
        self._channel.publish(self.run["id"], name, body)

    async def announce_start(self) -> None:
        """Announces the run, whose row has just been created, and takes it from the queue."""
        self.announce("thread.run.created", self.run)
        self.announce("thread.run.queued", self.run)
        if self.run["status"] == "queued":
            await self.change("in_progress", started_at=shape.now())

    async def change(self, status: str, **fields: object) -> None:
        """Gives the run a new status."""
        self.run.update(fields, status=status)
        await self.save(("run", self.run))
        self.announce(f"thread.run.{status}", self.run)

    async def set_metadata(self, metadata: dict[str, str]) -> None:
        """Replaces the run's metadata."""
        self.run["metadata"] = metadata
        await self.save(("run", self.run))

    def close(self) -> None:
        """Ends the streams of those who follow the run."""
        self._channel.close(self.run["id"], done=self.is_final)
