"""What was uploaded: a JSON file, or a ZIP with one inside, as raw conversations; bounded whatever it claims to be."""

from __future__ import annotations

import io
import re
import struct
import zipfile

import msgspec

from entourage.kit.errors import FieldError, Invalid
from entourage.kit.zips import BROKEN

MAX_JSON_BYTES = 200 * 1_048_576
MAX_DIRECTORY_BYTES = 8 * 1_048_576
MAX_CONVERSATIONS = 20_000

_NAME = re.compile(r"(?:^|/)conversations(?:-\d{1,4})?\.json$")
_END = struct.Struct("<4s4H2LH")
_END_MARK, _LOCATOR_MARK, _LOCATOR_BYTES = b"PK\x05\x06", b"PK\x06\x07", 20


def conversations_of(data: bytes) -> list[msgspec.Raw]:
    """Each conversation's JSON, as views of the unpacked text. Raises Invalid, naming what is wrong with the file."""
    texts = _unpacked(data) if data[:2] == b"PK" else [data]
    found = [raw for text in texts for raw in _split(text)]
    if len(found) > MAX_CONVERSATIONS:
        raise _wrong(f"holds more than {MAX_CONVERSATIONS} conversations")
    return found


def _split(text: bytes) -> list[msgspec.Raw]:
    try:
        if text.lstrip()[:1] == b"{":
            return [msgspec.json.decode(text, type=msgspec.Raw)]
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(f"is no JSON list of conversations: {str(error)[:200]}") from None


def _unpacked(data: bytes) -> list[bytes]:
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_member(archive, info) for info in _chosen(archive)]
    except BROKEN as error:
        raise _wrong(f"is a ZIP that cannot be read: {str(error)[:200]}") from None


def _chosen(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files with conversations; else the only JSON file there is."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    named = [info for info in files if _NAME.search(info.filename)]
    chosen = named or [info for info in files if info.filename.endswith(".json")]
    if not chosen or (not named and len(chosen) > 1):
        raise _wrong("is a ZIP without conversations.json")
    if sum(info.file_size for info in chosen) > MAX_JSON_BYTES:
        raise _too_large()
    return sorted(chosen, key=lambda info: info.filename)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        text = member.read(MAX_JSON_BYTES + 1)  # the header may understate it
    if len(text) > MAX_JSON_BYTES:
        raise _too_large()
    return text


def _check_directory(data: bytes) -> None:
    """Refuse a list of files that would fill the memory, before anybody reads it."""
    end = data.rfind(_END_MARK)
    if end < 0 or end + _END.size > len(data):
        raise _wrong("is a ZIP that was cut off")
    size = _END.unpack_from(data, end)[5]
    is_zip64 = data[max(0, end - _LOCATOR_BYTES) :][:4] == _LOCATOR_MARK
    if size > MAX_DIRECTORY_BYTES or is_zip64:
        raise _wrong("is a ZIP with too many files")


def _too_large() -> Invalid:
    return _wrong(f"unpacks to more than {MAX_JSON_BYTES} bytes")


def _wrong(why: str) -> Invalid:
    return Invalid(
        f"The file {why}.",
        hint="Take conversations.json of a ChatGPT export (or its ZIP), or what Open WebUI's 'Export Chats' gives.",
        errors=[FieldError(field="file", message=why)],
    )
