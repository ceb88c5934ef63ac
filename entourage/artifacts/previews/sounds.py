"""A sound's waveform as a picture, and how long it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

from entourage.artifacts.previews.made import Made, NoPreview
from entourage.artifacts.previews.media import Extent, measured, opened, readable
from entourage.artifacts.previews.pictures import as_webp

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

BARS = 40
_BAR_PIXELS, _GAP_PIXELS, _HEIGHT_PIXELS = 7, 5, 240
_COLOUR = (104, 121, 217, 255)
"""Stands out by more than 3.5 to 1 from white and from the client's dark ground alike."""
_QUIETEST = 0.02
"""The smallest bar, and the level below which all is silence."""

_RUNS_A_BAR, _PACKETS_A_RUN = 6, 3
"""Of a long sound no more packets are decoded, so an hour is drawn as quickly as a minute. In runs, for a packet may
lean on those before it."""
_SAMPLES_A_STRETCH = 4096

_Code = Literal["B", "h", "i", "f", "d"]
_SAMPLES: dict[str, tuple[_Code, int]] = {
    "u8": ("B", 128),
    "s16": ("h", 1 << 15),
    "s32": ("i", 1 << 31),
    "flt": ("f", 1),
    "dbl": ("d", 1),
}
"""How samples of each format lie in memory, and which value is the loudest."""


def sound(data: bytes, mime: str) -> Made:
    """A sound's waveform and length. Raises NoPreview."""
    with opened(data, mime) as container:
        stream = readable(container.streams.audio)
        if stream is None:
            raise NoPreview("There is no sound in it that can be read.")
        extent = measured(container, stream)
    with opened(data, mime) as container:
        levels = _levels(container, extent)
    return Made(seconds=round(extent.seconds, 3), picture=_drawn(levels))


def _levels(container: InputContainer, extent: Extent) -> list[float]:
    """The loudest sample of each bar, of 1."""
    from av.error import FFmpegError

    levels = [0.0] * BARS
    heard = False
    stream = readable(container.streams.audio)
    stride = max(_PACKETS_A_RUN, extent.packets // (BARS * _RUNS_A_BAR))
    for number, packet in enumerate(container.demux(stream) if stream else ()):
        if number % stride >= _PACKETS_A_RUN:
            continue
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except FFmpegError:  # what is damaged in between is left out, as players do
            continue
        for frame in frames:
            heard = True
            _hear(frame, extent, levels)
    if not heard:
        raise NoPreview("There is no sound in it that can be read.")
    return levels


def _hear(frame: AudioFrame, extent: Extent, levels: list[float]) -> None:
    """Raise the levels of the bars over which a stretch of sound lies."""
    start = ((frame.time or 0.0) - extent.begin) / extent.seconds * BARS
    width = frame.samples / frame.sample_rate / extent.seconds * BARS
    for samples, middle, loudest in _channels(frame):
        for bar in range(max(0, math.floor(start)), min(BARS, math.ceil(start + width))):
            first = int(max(0.0, bar - start) / width * len(samples))
            last = int(min(width, bar + 1 - start) / width * len(samples))
            stretch = samples[first : max(last, first + 1) : max(1, (last - first) // _SAMPLES_A_STRETCH)]
            if len(stretch):
                level = max(max(stretch) - middle, middle - min(stretch)) / loudest
                levels[bar] = max(levels[bar], min(1.0, level))


def _channels(frame: AudioFrame) -> Iterator[tuple[memoryview[float], int, int]]:
    """Each channel's samples, or all in turns, with the value of silence and how far the loudest is from it."""
    name = frame.format.name.removesuffix("p")
    code, loudest = _SAMPLES[name]
    count = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
    for plane in frame.planes:
        samples = memoryview(cast("bytes", plane)).cast("B").cast(cast("Literal['f']", code))
        yield samples[:count], loudest if name == "u8" else 0, loudest


def _drawn(levels: list[float]) -> bytes:
    """Bars around the middle, the loudest over the whole height; drawn at twice the size, for smooth ends."""
    from PIL import Image, ImageDraw

    most = max(*levels, _QUIETEST)
    width = BARS * (_BAR_PIXELS + _GAP_PIXELS) - _GAP_PIXELS
    large = Image.new("RGBA", (2 * width, 2 * _HEIGHT_PIXELS), (*_COLOUR[:3], 0))
    draw = ImageDraw.Draw(large)
    for bar, level in enumerate(levels):
        left = 2 * bar * (_BAR_PIXELS + _GAP_PIXELS)
        half = max(_BAR_PIXELS, level / most * _HEIGHT_PIXELS * 0.94)
        box = (left, _HEIGHT_PIXELS - half, left + 2 * _BAR_PIXELS - 1, _HEIGHT_PIXELS + half - 1)
        draw.rounded_rectangle(box, radius=_BAR_PIXELS, fill=_COLOUR)
    return as_webp(large.resize((width, _HEIGHT_PIXELS), Image.Resampling.LANCZOS))
