"""E-mail: who wrote what to whom, and the text; attachments are named."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from entourage.memory.ingest.readers.parts import File, Part, Unreadable, clean

_SHOWN = ("From", "To", "Cc", "Date", "Subject")


def read_email(file: File) -> Iterator[Part]:
    """Headers a person reads, then the text. Raises Unreadable for what cannot be read."""
    try:
        message = message_from_bytes(file.data, policy=policy.default)
        heads = [(name, str(message[name])) for name in _SHOWN if message[name]]
        text = _text(message)
        names = [one.get_filename() or "unnamed" for one in message.iter_attachments()]
    except (RecursionError, LookupError, ValueError, AttributeError, TypeError) as error:
        # the parser of the standard library meets hostile headers with all of these
        raise Unreadable("corrupt", f"The e-mail cannot be read: {type(error).__name__}.") from None
    file.title = clean(dict(heads).get("Subject", "")).strip()[:200]
    lines = [f"{name}: {' '.join(value.split())}" for name, value in heads]
    lines += [f"Attached: {', '.join(names)}"] if names else []
    yield Part(clean("\n".join(lines) + "\n\n" + text))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = str(body.get_content())
    if body.get_content_type() != "text/html":
        return content
    from entourage.tools.web.readable import readable

    return readable(content, "").text
