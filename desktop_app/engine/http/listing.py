"""Pages of objects."""

from collections.abc import Iterable
from typing import cast

from starlette.requests import Request

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Column, Json, Kind, Order

_DEFAULT_LIMIT = 20


async def list_response(
    request: Request, database: Database, kind: Kind, where: dict[Column, str], *, most: int = 100
) -> JsonAnswer:
    """A page as the query's `order`, `limit`, `after` and `before` ask for it.

    Raises:
        RefusalError: 400, for a wrong `order` or `limit`.
        UnknownCursorError: `after` or `before` is not in the list.
    """
    query = request.query_params
    page = await database.run(
        lambda records: records.page(
            kind,
            where,
            order=_order(query.get("order", "desc")),
            limit=_limit(query.get("limit"), most),
            after=query.get("after"),
            before=query.get("before"),
        )
    )
    return JsonAnswer(list_body(page.items, has_more=page.has_more))


def list_body(items: Iterable[Json], *, has_more: bool = False) -> Json:
    """A list as the API shows it."""
    data = list(items)
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": has_more,
    }


def _order(value: str) -> Order:
    if value not in ("asc", "desc"):
        message = f"Invalid value: '{value}'. Supported values are: 'asc', 'desc'."
        raise RefusalError(400, message, param="order", code="invalid_value")
    return cast("Order", value)


def _limit(value: str | None, most: int) -> int:
    if value is None:
        return _DEFAULT_LIMIT
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        message = f"Invalid 'limit': expected an integer between 1 and {most}, but got '{value[:20]}' instead."
        raise RefusalError(400, message, param="limit", code="invalid_value")
    return int(value)
