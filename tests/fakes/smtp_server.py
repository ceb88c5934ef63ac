"""A real SMTP server that keeps the mail it is handed."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import Message
from typing import Any, Self

from aiosmtpd.controller import Controller


class FakeSMTP:
    """Takes every mail, unless `refusal` is the line it answers with instead."""

    def __init__(self, refusal: str | None = None) -> None:
        self.mails: list[tuple[str, list[str], Message]] = []
        self.refusal = refusal
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{port}"
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusal:
            return self.refusal
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()
