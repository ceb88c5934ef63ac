"""A person's message as a model gets it: the words, and attached files as they are where the model takes them.

Every file is named in the words, with its path in the working folder, where agents read what their model does not take.
"""

from __future__ import annotations

from base64 import b64encode

from entourage.agents.history import ATTACHMENTS_FOLDER, prompt_text
from entourage.events.message import AttachmentPart, Message
from entourage.kit.errors import Problem
from entourage.llm.resolve import Senses
from entourage.llm.translate.neutral import Audio, Document, Image, Part, Text
from entourage.workspaces.files import WorkspaceFiles

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
AUDIO_TYPES = ("audio/wav", "audio/x-wav", "audio/wave", "audio/mpeg", "audio/mp3")
TEXT_TYPES = ("text/plain", "text/markdown")
PDF = "application/pdf"

MAX_IMAGE_BYTES = 5 * 1_048_576
MAX_AUDIO_BYTES = 10 * 1_048_576
MAX_PDF_BYTES = 10 * 1_048_576
MAX_TEXT_BYTES = 65_536
MAX_BYTES = 20 * 1_048_576
"""Of all files of one message: providers bound their requests."""


async def shown(message: Message, files: WorkspaceFiles, senses: Senses) -> list[Part]:
    """The person's message with what its model takes of the attached files."""
    parts: list[Part] = [Text(prompt_text(message))]
    room = MAX_BYTES
    for part in message.parts:
        if isinstance(part, AttachmentPart) and part.size <= min(room, _most_bytes(part.mime, senses)):
            parts += await _file(part, files)
            room -= part.size
    return parts


def _most_bytes(mime: str, senses: Senses) -> int:
    """The largest file of this type that goes along; -1 for none."""
    if mime in IMAGE_TYPES:
        return MAX_IMAGE_BYTES if senses.sees else -1
    if mime in AUDIO_TYPES:
        return MAX_AUDIO_BYTES if senses.hears else -1
    if mime == PDF:
        return MAX_PDF_BYTES if senses.reads else -1
    return MAX_TEXT_BYTES if mime in TEXT_TYPES and senses.reads else -1


async def _file(part: AttachmentPart, files: WorkspaceFiles) -> list[Part]:
    try:
        data = await files.read_bytes(f"{ATTACHMENTS_FOLDER}/{part.name}")
    except Problem:  # the agent may have moved it away since
        return []
    if part.mime in TEXT_TYPES:
        return [Document(name=part.name, text=data.decode(errors="replace"))]
    encoded = b64encode(data).decode()
    if part.mime in IMAGE_TYPES:
        return [Image(data=encoded, media_type=part.mime)]
    if part.mime in AUDIO_TYPES:
        return [Audio(encoded, part.mime)]
    return [Document(name=part.name, data=encoded, media_type=part.mime)]
