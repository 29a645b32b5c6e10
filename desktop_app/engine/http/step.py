"""`/threads/{thread_id}/runs/{run_id}/steps`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context, require, require_run, unknown
from desktop_app.engine.http.listing import list_response
from desktop_app.engine.storage.record import Json, Records

_LIST = "/threads/{thread_id}/runs/{run_id}/steps"


class StepEndpoint:
    """Lists and shows the steps of a run."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route(_LIST, self.list, methods=["GET"]),
            Route(f"{_LIST}/{{step_id}}", self.retrieve, methods=["GET"]),
        ]

    async def list(self, request: Request) -> Response:
        """A page of the run's steps."""
        run = await self._context.database.run(lambda records: require_run(records, request))
        return await list_response(request, self._context.database, "step", {"run_id": run["id"]})

    async def retrieve(self, request: Request) -> Response:
        """A step."""
        step_id = request.path_params["step_id"]

        def work(records: Records) -> Json:
            run = require_run(records, request)
            step = require(records, "step", step_id)
            if step["run_id"] != run["id"]:
                raise unknown("step", step_id)
            return step

        return JsonAnswer(await self._context.database.run(work))
