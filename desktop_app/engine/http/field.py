"""Reading the fields of a JSON body, with OpenAI's messages for what is wrong with them."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from desktop_app.engine.runs.refusal import RefusalError

MAX_BODY_BYTES = 16 * 1024**2
_MAX_PAIRS, _MAX_KEY, _MAX_VALUE = 16, 64, 512


class Fields:
    """The fields of one JSON object. Each is read once; `end` refuses those that nobody read.

    Every reader returns None for a field that is absent or null.

    Raises:
        RefusalError: 400, with the `param` at fault.
    """

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self._data = data
        self._path = path
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def end(self) -> None:
        """Refuses unknown parameters."""
        for name in self._data:
            if name not in self._read:
                param = self.param(name)
                raise RefusalError(400, f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")

    def param(self, name: str) -> str:
        """The full name of a field, such as `thread.messages[0].role`."""
        return f"{self._path}.{name}" if self._path else name

    def skip(self, *names: str) -> None:
        """Accepts fields that make no difference here."""
        self._read.update(names)

    def value(self, name: str, *, required: bool = False) -> object:
        """The field as it came."""
        self._read.add(name)
        value: object = self._data.get(name)
        if required and value is None:
            param = self.param(name)
            message = f"Missing required parameter: '{param}'."
            raise RefusalError(400, message, param=param, code="missing_required_parameter")
        return value

    def text(self, name: str, *, required: bool = False, longest: int | None = None) -> str | None:
        """A string of at most `longest` characters."""
        value = self.value(name, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong_type(name, "a string", value)
        if longest is not None and len(value) > longest:
            param = self.param(name)
            message = (
                f"Invalid '{param}': string too long. Expected a string with maximum length {longest}, "
                f"but got a string with length {len(value)} instead."
            )
            raise RefusalError(400, message, param=param, code="string_above_max_length")
        return value

    def required_text(self, name: str, *, longest: int | None = None) -> str:
        """A string that must be there."""
        value = self.text(name, required=True, longest=longest)
        return value if value is not None else ""

    def choice(self, name: str, choices: tuple[str, ...], *, required: bool = False) -> str | None:
        """One of some strings."""
        value = self.text(name, required=required)
        if value is not None and value not in choices:
            listed = ", ".join(f"'{choice}'" for choice in choices)
            param = self.param(name)
            message = f"Invalid value: '{value}'. Supported values are: {listed}."
            raise RefusalError(400, message, param=param, code="invalid_value")
        return value

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.value(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong_type(name, "a boolean", value)
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number in `[low, high]`."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong_type(name, "a decimal", value)
        self._check_range(name, value, low, high)
        return value

    def integer(self, name: str, low: int) -> int | None:
        """A whole number of at least `low`."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong_type(name, "an integer", value)
        self._check_range(name, value, low, float("inf"))
        return value

    def _check_range(self, name: str, value: float, low: float, high: float) -> None:
        param = self.param(name)
        if value < low:
            message = f"Invalid '{param}': decimal below minimum value. Expected a value >= {low}, but got {value}."
            raise RefusalError(400, message, param=param, code="decimal_below_min_value")
        if value > high:
            message = f"Invalid '{param}': decimal above maximum value. Expected a value <= {high}, but got {value}."
            raise RefusalError(400, message, param=param, code="decimal_above_max_value")

    def nested(self, name: str) -> "Fields | None":
        """An object, to be read like this one."""
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong_type(name, "an object", value)
        return Fields(value, self.param(name))

    def items(self, name: str, *, most: int | None = None) -> "list[Fields] | None":
        """An array of objects."""
        items = self._items(name, most)
        if items is None:
            return None
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                raise self._wrong_type(f"{name}[{index}]", "an object", item)
        return [Fields(item, f"{self.param(name)}[{index}]") for index, item in enumerate(items)]

    def texts(self, name: str, *, most: int | None = None) -> list[str] | None:
        """An array of strings."""
        items = self._items(name, most)
        for index, item in enumerate(items or ()):
            if not isinstance(item, str):
                raise self._wrong_type(f"{name}[{index}]", "a string", item)
        return items

    def _items(self, name: str, most: int | None) -> list[Any] | None:
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._wrong_type(name, "an array", value)
        if most is not None and len(value) > most:
            param = self.param(name)
            message = (
                f"Invalid '{param}': array too long. Expected an array with maximum length {most}, "
                f"but got an array with length {len(value)} instead."
            )
            raise RefusalError(400, message, param=param, code="array_above_max_length")
        return value

    def metadata(self) -> dict[str, str]:
        """The `metadata`: up to 16 pairs of a key of 64 and a value of 512 characters. Empty if absent."""
        fields = self.nested("metadata")
        if fields is None:
            return {}
        pairs = fields._data  # noqa: SLF001 - of this class
        if len(pairs) > _MAX_PAIRS:
            message = (
                f"Invalid 'metadata': too many properties. Expected an object with at most {_MAX_PAIRS} properties, "
                f"but got an object with {len(pairs)} properties instead."
            )
            raise RefusalError(400, message, param="metadata", code="object_above_max_properties")
        for key in pairs:
            if len(key) > _MAX_KEY:
                message = f"Invalid 'metadata': key too long. Expected a key with maximum length {_MAX_KEY}."
                raise RefusalError(400, message, param="metadata", code="string_above_max_length")
        return {key: fields.required_text(key, longest=_MAX_VALUE) for key in pairs}

    def _wrong_type(self, name: str, expected: str, value: object) -> RefusalError:
        param = self.param(name)
        message = f"Invalid type for '{param}': expected {expected}, but got {_type_name(value)} instead."
        return RefusalError(400, message, param=param, code="invalid_type")


async def read_fields(request: Request) -> Fields:
    """The fields of the request's JSON body; an empty body has none.

    Raises:
        RefusalError: 400 for anything else than an object, 413 for more than 16 MiB.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise RefusalError(413, f"The request is too large: at most {MAX_BODY_BYTES} bytes are accepted.")
    if not body:
        return Fields({})
    try:
        data = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        message = "We could not parse the JSON body of your request. The API expects a JSON payload."
        raise RefusalError(400, message) from None
    if not isinstance(data, dict):
        raise RefusalError(400, f"Invalid type for the body: expected an object, but got {_type_name(data)} instead.")
    return Fields(data)


def _refuse_constant(name: str) -> float:
    """Refuses NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(name)


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
