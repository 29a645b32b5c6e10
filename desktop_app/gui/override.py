"""`typing.override` for Python 3.11, without importing `typing_extensions` before the first paint."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:
    F = TypeVar("F", bound=Callable[..., Any])

    def override(method: F) -> F:
        """Mark a method that replaces one of Qt's; the type checker holds it to the signature."""
        return method
