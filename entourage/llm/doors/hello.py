"""HEAD /v1: some clients look whether anybody is there before they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.llm.doors.refusing import refuse

if TYPE_CHECKING:
    from entourage.kit.errors import Problem
    from entourage.kit.exchange import Exchange


class HelloDoor:
    """Implements `Door`. It tells nobody anything."""

    max_body_bytes = 0
    template = "/v1"

    def serve(self, exchange: Exchange) -> None:
        """200 and no body."""
        exchange.answer(200, [], b"")

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """For a body, which nobody sends here."""
        refuse(exchange, "chat", problem)
