"""E-mail by the SMTP server of the settings."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from entourage.kit.errors import Unavailable, Upstream
from entourage.settings import Settings

SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465}


class Mailer:
    """Sends one message at a call. Connections are not kept: alerts are rare."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.smtp_url
        self._sender = settings.smtp_from

    async def send(self, message_id: str, to: str, subject: str, text: str) -> None:
        """Raises Unavailable without an SMTP server in the settings, Upstream when it does not take the message."""
        if self._url is None:
            raise Unavailable("This server sends no e-mail.", hint="An administrator can set ENTOURAGE_SMTP_URL.")
        message = self._message(message_id, to, subject, text)
        try:
            await asyncio.to_thread(_deliver, self._url.get_secret_value(), message)
        except (smtplib.SMTPException, OSError) as error:
            raise Upstream(f"the mail server refused: {_said(error)}") from error

    def _message(self, message_id: str, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2].strip('> ') or 'entourage'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def _deliver(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or _PORTS.get(parts.scheme, 25)
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        with smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context) as server:
            _hand_over(server, parts.username, parts.password, message)
    else:
        with smtplib.SMTP(host, port, timeout=SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif parts.username:
                raise smtplib.SMTPNotSupportedError("no TLS is offered, so the password is not sent")
            _hand_over(server, parts.username, parts.password, message)


def _hand_over(server: smtplib.SMTP, user: str | None, password: str | None, message: EmailMessage) -> None:
    if user:
        server.login(unquote(user), unquote(password or ""))
    server.send_message(message)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it does not know the user or the password"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__
