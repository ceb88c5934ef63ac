"""The one box of services a process has, filled by `app.py` (or by a test) and found by type."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

T = TypeVar("T")


class Services:
    """Services by their class. No globals: each application has its own."""

    def __init__(self) -> None:
        self._by_type: dict[type[object], object] = {}

    def add(self, service: T) -> T:
        """Keep `service` under its own class and give it back."""
        self._by_type[type(service)] = service
        return service

    def has(self, kind: type[object]) -> bool:
        """Whether the application has a service of this class."""
        return kind in self._by_type

    def get(self, kind: type[T]) -> T:
        """The service of this class. Raises LookupError when the application has none."""
        try:
            return cast("T", self._by_type[kind])
        except KeyError:
            raise LookupError(f"this application has no {kind.__name__}") from None


def service(kind: type[Any]) -> Any:
    """A FastAPI dependency: `chats: Annotated[Chats, service(Chats)]`."""

    async def find(connection: HTTPConnection) -> Any:  # async: else it would be called in a thread
        return connection.app.state.services.get(kind)

    return Depends(find)
