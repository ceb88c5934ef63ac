"""Films and sounds as FFmpeg (PyAV, the extra `media`) reads them: from bytes alone, as what they are said to be.

Nothing that a file names is opened: no playlist is followed, no other file read, nothing fetched.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

import msgspec

from entourage.artifacts.previews.made import MAX_PIXELS, WITHOUT_MEDIA, NoPreview

if TYPE_CHECKING:
    from av import AudioStream, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

_CONTAINERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/ogg": "ogg",
    "audio/mp4": "mov",
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/aac": "aac",
    "audio/flac": "flac",
}
"""How FFmpeg calls what reads each format. It never guesses, so bytes cannot pass for a playlist."""

_PICTURE_DECODERS = ("h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "theora", "mpeg4", "mjpeg", "prores")
_SOUND_DECODERS = (
    *("aac", "mp3float", "mp3", "opus", "libopus", "vorbis", "flac", "alac"),
    *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_s16be", "pcm_s24be"),
    *("pcm_mulaw", "pcm_alaw", "adpcm_ms", "adpcm_ima_wav"),
)
_DECODERS = frozenset((*_PICTURE_DECODERS, *_SOUND_DECODERS))
"""What browsers play, and what cameras and recorders write; the hundreds of others stay shut."""

_OPTIONS = {
    "protocol_whitelist": "none",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,aac,flac",
    "codec_whitelist": ",".join(sorted(_DECODERS)),
    "probesize": str(4 * 1_048_576),
}
_MOST_SECONDS = 30 * 24 * 3600.0

AnyStream = TypeVar("AnyStream", "VideoStream", "AudioStream")


class Extent(msgspec.Struct, frozen=True):
    """Where a film or a sound begins on its own clock, how long it lasts, and the packets of one of its streams."""

    begin: float
    seconds: float
    packets: int


@contextmanager
def opened(data: bytes, mime: str) -> Generator[InputContainer]:
    """The container, open while the context lasts. Raises NoPreview, also for what fails within."""
    try:
        import av
        from av.error import FFmpegError
    except ImportError:
        raise NoPreview(WITHOUT_MEDIA) from None
    try:
        with av.open(
            io.BytesIO(data), "r", format=_CONTAINERS[mime], container_options=_OPTIONS, io_open=_refuse
        ) as container:
            yield container
    except (NoPreview, MemoryError):
        raise
    except (FFmpegError, OSError, ValueError, OverflowError) as error:
        raise NoPreview("It is damaged, or no film or sound of the format it is said to be.") from error


def _refuse(*_wanted: object) -> NoReturn:
    raise PermissionError("nothing but the bytes themselves is opened")


def readable(streams: Iterable[AnyStream]) -> AnyStream | None:
    """The first stream that may be decoded, ready for it; None where there is none. Covers of albums are no films."""
    from av.stream import Disposition

    for stream in streams:
        context = getattr(stream, "codec_context", None)
        if context is None or context.codec.name not in _DECODERS or stream.disposition & Disposition.attached_pic:
            continue
        context.thread_count = 1
        context.options = {"max_pixels": str(MAX_PIXELS)}
        return stream
    return None


def measured(container: InputContainer, stream: Stream) -> Extent:
    """What the packets themselves say, for headers may lie, be cut off or be left empty. Raises NoPreview."""
    begin, end, packets = float("inf"), 0.0, 0
    ticks = {each.index: float(each.time_base or 0) for each in container.streams}
    for packet in container.demux():
        packets += packet.size > 0 and packet.stream_index == stream.index
        if packet.pts is None or packet.size == 0:
            continue
        tick = ticks[packet.stream_index]
        begin = min(begin, packet.pts * tick)
        end = max(end, (packet.pts + (packet.duration or 0)) * tick)
    begin = max(begin, 0.0)  # encoders begin a little before the beginning
    if packets == 0 or end <= begin:
        raise NoPreview("There is nothing in it to be shown.")
    if end - begin > _MOST_SECONDS:
        raise NoPreview("It says that it lasts longer than any film or sound.")
    return Extent(begin, end - begin, packets)
