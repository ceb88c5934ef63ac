from __future__ import annotations

import io
import zipfile
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from entourage.kit.zips import BROKEN


def _packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:p>hello</w:p>" * 20)
        archive.writestr("é.txt", bytes(range(100)))
        archive.writestr("plain", "x", zipfile.ZIP_STORED)
    return made.getvalue()


PACKED = _packed()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 40))
@example(PACKED.index(b"PK\x01\x02") + 43, b"\x01", 0)  # a member that begins before the archive
@example(PACKED.rindex("é".encode()), b"\xff", 0)  # a name that is no UTF-8
def test_what_breaks_an_archive_is_known(at: int, noise: bytes, cut: int):
    data = bytearray(PACKED)
    data[at : at + len(noise)] = noise
    with suppress(*BROKEN), zipfile.ZipFile(io.BytesIO(data[: len(data) - cut])) as archive:
        for info in archive.infolist():
            archive.read(info)
