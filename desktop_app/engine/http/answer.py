"""JSON answers."""

from starlette.responses import JSONResponse

from desktop_app.engine.storage.record import Json, encode


class JsonAnswer(JSONResponse):
    """An object as JSON that is valid UTF-8 whatever is in it: models and programs also write half characters."""

    def render(self, content: Json) -> bytes:
        """The body."""
        return encode(content).encode()
