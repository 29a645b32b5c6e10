"""What the API answers instead of doing what it was asked."""


class RefusalError(Exception):
    """A request that cannot be met, in the terms of OpenAI's error body.

    Attributes:
        status: The HTTP status.
        message: A sentence for a person.
        param: The parameter at fault, such as `tools[0].type`.
        code: A machine-readable cause, such as `model_not_found`.
    """

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
