"""What a provider does with sound and pictures: speech, transcription, images."""

import base64
import re
import struct
import zlib
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from tests.fakes.conversation import Json
from tests.fakes.openai_dialect import CREATED
from tests.fakes.refusal import RefusedError

SPEECH_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
    "opus": "audio/opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
}
_RATE = 8000


def speech(body: Json) -> tuple[bytes, str]:
    """Sound and its type: as long as the text, always the same. Raises RefusedError."""
    for name in ("model", "input", "voice"):
        if not body.get(name):
            raise RefusedError(f"Missing required parameter: '{name}'.", param=name)
    form = body.get("response_format", "mp3")
    if form not in SPEECH_TYPES:
        raise RefusedError(f"Invalid value: '{form}'.", param="response_format")
    samples = bytes(range(256)) * max(1, len(body["input"]) // 4)
    return (_wav(samples) if form == "wav" else samples), SPEECH_TYPES[form]


def _wav(samples: bytes) -> bytes:
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, _RATE, _RATE, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(samples))
        + b"WAVE"
        + head
        + b"data"
        + struct.pack("<I", len(samples))
        + samples
    )


def transcription(fields: dict[str, str], file: bytes) -> tuple[Json | str, list[Json]]:
    """What was said, and the events of it when streamed. Raises RefusedError."""
    if not fields.get("model"):
        raise RefusedError("Missing required parameter: 'model'.", param="model")
    text = f"You sent {len(file)} bytes of sound."
    usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 9, "total_tokens": 23}
    usage |= {"input_token_details": {"text_tokens": 0, "audio_tokens": 14}}
    events: list[Json] = [{"type": "transcript.text.delta", "delta": word} for word in re.findall(r"\s*\S+", text)]
    events.append({"type": "transcript.text.done", "text": text, "usage": usage})
    match fields.get("response_format", "json"):
        case "text":
            return f"{text}\n", events
        case "verbose_json":
            return {"task": "transcribe", "language": "english", "duration": 1.5, "text": text, "segments": []}, events
        case _:
            return {"text": text, "usage": usage}, events


def form_of(content_type: str, raw: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a multipart form, and its file. Raises RefusedError."""
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw)
    if not whole.is_multipart():
        raise RefusedError("Could not parse multipart form.")
    fields: dict[str, str] = {}
    file: bytes | None = None
    for part in whole.get_payload():
        assert isinstance(part, Message)
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        if part.get_filename():
            file = data
        else:
            fields[name] = data.decode()
    if file is None:
        raise RefusedError("Missing required parameter: 'file'.", param="file")
    return fields, file


def images(body: Json, base_url: str) -> Json:
    """Pictures of one colour, as data or by URL. Raises RefusedError."""
    if not body.get("prompt"):
        raise RefusedError("Missing required parameter: 'prompt'.", param="prompt")
    encoded = base64.b64encode(png(len(body["prompt"]) % 256)).decode()
    one = {"url": f"{base_url}/picture.png"} if body.get("response_format") == "url" else {"b64_json": encoded}
    usage = {"input_tokens": 12, "output_tokens": 272, "total_tokens": 284}
    usage |= {"input_tokens_details": {"text_tokens": 12, "image_tokens": 0}}
    return {"created": CREATED, "data": [one] * (body.get("n") or 1), "usage": usage}


def png(grey: int, size: int = 4) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = (b"\x00" + bytes([grey]) * size) * size
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
