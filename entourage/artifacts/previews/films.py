"""A telling picture of a film, and how long it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from entourage.artifacts.previews.made import EDGE_PIXELS, MAX_PIXELS, Made, NoPreview
from entourage.artifacts.previews.media import Extent, measured, opened, readable
from entourage.artifacts.previews.pictures import as_webp

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from PIL.Image import Image

_PLACES = (0.1, 0.35, 0.6)
"""Parts of its length: films begin black, or with a title."""
_TELLING_SPREAD = 12.0
"""Standard deviation of brightness (0 to 127) from which on a picture shows something."""
_PATIENCE_SECONDS = 1.5
"""Of processor time, from the picture where decoding can begin to the one that is looked for."""


def film(data: bytes, mime: str) -> Made:
    """A film's picture, size and length; the waveform of one that is only heard. Raises NoPreview."""
    with opened(data, mime) as container:
        stream = readable(container.streams.video)
        if stream is None:
            from entourage.artifacts.previews.sounds import sound

            return sound(data, mime)
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_PIXELS:
            raise NoPreview(f"It has {width} x {height} pixels, too many to be shown in small.")
        extent = measured(container, stream)
        picture, is_turned = _telling(container, stream, extent)
        width = _shown_width(stream, width)
        if is_turned:
            width, height = height, width
        return Made(width=width, height=height, seconds=round(extent.seconds, 3), picture=as_webp(picture))


def _telling(container: InputContainer, stream: VideoStream, extent: Extent) -> tuple[Image, bool]:
    """The first picture that shows something, or the one that shows most; and whether it lies on its side."""
    from PIL import ImageStat

    best: tuple[float, Image, bool] | None = None
    for place in _PLACES:
        frame = _frame_at(container, stream, extent.begin + place * extent.seconds)
        if frame is None:
            continue
        picture = _small(frame, stream)
        spread = ImageStat.Stat(picture.convert("L")).stddev[0]
        if best is None or spread > best[0]:
            best = spread, picture, frame.rotation % 180 != 0
        if spread >= _TELLING_SPREAD:
            break
    if best is None:
        raise NoPreview("No picture of the film can be decoded.")
    return best[1], best[2]


def _frame_at(container: InputContainer, stream: VideoStream, at: float) -> VideoFrame | None:
    """The picture shown at a time, or an earlier one when decoding up to it takes too long; None without any."""
    from av.error import FFmpegError

    frame = None
    late = time.process_time() + _PATIENCE_SECONDS
    try:
        container.seek(round(at * 1_000_000))
        for frame in container.decode(stream):
            if (frame.time or 0.0) >= at or time.process_time() > late:
                break
    except MemoryError:
        raise
    except FFmpegError:  # cut off, or damaged from here on
        pass
    return frame


def _small(frame: VideoFrame, stream: VideoStream) -> Image:
    width, height = _shown_width(stream, frame.width), frame.height
    scale = min(1.0, EDGE_PIXELS / max(width, height))
    small = frame.reformat(max(1, round(width * scale)), max(1, round(height * scale)), "rgb24")
    return cast("Image", cast("Any", small).to_image()).rotate(frame.rotation, expand=True)


def _shown_width(stream: VideoStream, width: int) -> int:
    """Pixels of films need not be square."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return round(width * ratio) if 1 / 4 < ratio < 4 else width
