"""The doors one by one: their paths, what they speak, how their answers come."""

from __future__ import annotations

from typing import Literal, NamedTuple

from entourage.llm.translate.errors import Dialect
from entourage.wire.reply import Wants


class DoorSpec(NamedTuple):
    """A door for POST. `path` follows `/v1/`, here and at the provider.

    `dialect` is what errors and usage are told in; `translates` whether a provider of another dialect may answer.
    """

    name: str
    path: str
    dialect: Dialect
    translates: bool = False
    body: Literal["json", "form"] = "json"
    streams: Wants = "events"
    is_cached: bool = False
    is_counted: bool = True
    """Whether calls cost anything: each of them then has a usage event."""


SPECS: tuple[DoorSpec, ...] = (
    DoorSpec("chat", "chat/completions", "chat", translates=True, is_cached=True),
    DoorSpec("responses", "responses", "responses", translates=True, is_cached=True),
    DoorSpec("messages", "messages", "messages", translates=True, is_cached=True),
    DoorSpec("count_tokens", "messages/count_tokens", "messages", streams="whole", is_counted=False),
    DoorSpec("embeddings", "embeddings", "chat", streams="whole", is_cached=True),
    DoorSpec("speech", "audio/speech", "chat", streams="pieces"),
    DoorSpec("transcriptions", "audio/transcriptions", "chat", body="form"),
    DoorSpec("images", "images/generations", "chat"),
)
