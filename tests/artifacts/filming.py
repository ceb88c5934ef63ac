"""Small films and sounds, made by the library that reads them."""

from __future__ import annotations

import io
import math
from array import array
from fractions import Fraction

import av
from PIL import Image

RATE = 8000


def film(kind: str = "mp4", codec: str = "libx264", *, frames: int = 20, pause_seconds: int = 0) -> bytes:
    """A film whose first fifth is black, then a bright square on black; a `pause_seconds` in its middle."""
    sink = io.BytesIO()
    packets: list[av.Packet] = []
    with av.open(sink, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=10, width=160, height=90, pix_fmt="yuv420p")
        for number in range(frames):
            picture = Image.new("RGB", (160, 90))
            if number >= frames / 5:
                picture.paste((240, 180, 60), (10, 10, 70, 70))
            packets += stream.encode(av.VideoFrame.from_image(picture))
        packets += stream.encode()
        for number, packet in enumerate(packets):
            if pause_seconds and number >= frames / 2:
                packet.pts = packet.dts = (packet.pts or 0) + round(pause_seconds / (packet.time_base or 1))
            container.mux(packet)
    return sink.getvalue()


def swelling(kind: str = "wav", codec: str = "pcm_s16le", *, seconds: float = 1.0, rate: int = RATE) -> bytes:
    """A tone that grows from nothing to its loudest."""
    sink = io.BytesIO()
    count, size = int(seconds * rate), 1024
    with av.open(sink, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        for start in range(0, count, size):
            length = min(size, count - start)
            samples = array("h", (int(20_000 * at / count * math.sin(at / 5)) for at in range(start, start + length)))
            frame = av.AudioFrame("s16", "mono", length)
            frame.planes[0].update(samples.tobytes())
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return sink.getvalue()
