"""A file that cannot be read says why; the others of its job are read all the same."""

from __future__ import annotations

import io
import tarfile
import zlib
from functools import cache, reduce

import pytest

from tests.memory.ingest.asking import found, ingest, outcomes, read
from tests.memory.ingest.files import docx, paragraph, pdf, zipped
from tests.world import World

_ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@cache
def _bomb_docx() -> bytes:
    return docx(paragraph("a" * 90_000_000))


def _entity_docx() -> bytes:
    body = "<w:body><w:p><w:t>&b;</w:t></w:p></w:body>"
    xml = f"<?xml version='1.0'?>{_ENTITIES}<w:document xmlns:w='w'>{body}</w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": xml})


def _encrypted_docx() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


@cache
def _bomb_pdf() -> bytes:
    """A page whose content unpacks to a gigabyte."""
    block, blocks, packer = b" " * 1_000_000, 1000, zlib.compressobj(9, wbits=-15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # of itself: it may be said again and again
    checksum = reduce(lambda sum_, _: zlib.adler32(block, sum_), range(blocks), 1)
    packed = b"\x78\xda" + packed * blocks + packer.flush() + checksum.to_bytes(4, "big")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, one)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


BROKEN = {
    "cut.pdf": (lambda: pdf("One", "Two")[:-300], {"corrupt"}),
    "garbage.pdf": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"\n%%EOF", {"corrupt"}),
    "secret.pdf": (lambda: pdf("One", password="sesame"), {"encrypted"}),
    "scan.pdf": (lambda: pdf("", ""), {"no_text"}),
    "bomb.pdf": (_bomb_pdf, {"bomb", "timeout", "no_text"}),
    "bomb.docx": (_bomb_docx, {"bomb"}),
    "entities.docx": (_entity_docx, {"bomb"}),
    "secret.docx": (_encrypted_docx, {"encrypted"}),
    "cut.docx": (lambda: docx(paragraph("Hello"))[:-40], {"corrupt"}),
    "blank.docx": (lambda: docx(""), {"no_text"}),
    "empty.txt": (lambda: b"", {"empty"}),
    "spaces.md": (lambda: b" \n\n\t \n", {"empty"}),
    "program.bin": (lambda: bytes(range(256)) * 50, {"unsupported"}),
    "program.txt": (lambda: b"\x7fELF" + bytes(range(256)) * 50, {"unsupported"}),
    "deep.json": (lambda: b"[" * 200_000 + b"]" * 200_000, {"bomb"}),
    "cut.zip": (lambda: zipped({"a.md": "x" * 1000})[:-30], {"corrupt"}),
}


async def test_each_broken_file_says_why_and_the_others_are_read(world: World) -> None:
    anna = await world.person("anna")
    files = {name: make() for name, (make, _) in BROKEN.items()}
    job = await ingest(anna, {"first.md": b"The first is fine.", **files, "last.md": b"The last is fine, too."})
    assert job["status"] == "done"
    told = outcomes(job)
    assert {told.pop("first.md"), told.pop("last.md")} == {"done"}
    for name, outcome in told.items():
        assert outcome in BROKEN[name][1], (name, outcome)
    assert job["files_failed"] == len(files)
    assert all(one["error"]["detail"].endswith(".") for one in job["files"] if one["error"])
    failed = await anna.get("/my/memory/documents", status="failed")
    assert {one["name"] for one in failed["items"]} == set(files)
    assert "fine" in (await found(anna, "Is the last fine?"))[0]["text"]


async def test_a_file_that_is_too_large_is_told_so_by_itself(small_world: World) -> None:
    anna = await small_world.person("anna")
    most = small_world.settings.ingest_file_bytes
    job = await ingest(anna, {"big.txt": b"a" * (most + 1), "small.md": b"Small enough."})
    assert outcomes(job) == {"big.txt": "too_large", "small.md": "done"}
    only = await ingest(anna, {"big.txt": b"a" * (most + 1)})
    assert (only["status"], only["progress"]) == ("failed", 1.0)


async def test_200_mb_of_text_in_a_small_archive_harm_nobody(small_world: World) -> None:
    anna = await small_world.person("anna")
    packed = zipped({"repo/huge.txt": b"a line of it\n" * 16_000_000, "repo/small.md": b"Small enough."})
    assert len(packed) < 1_000_000
    assert outcomes(await ingest(anna, {"repo.zip": packed})) == {
        "repo.zip": "done",
        "repo/huge.txt": "too_large",
        "repo/small.md": "done",
    }


async def test_a_text_of_too_many_parts_is_refused_whole(small_world: World) -> None:
    anna = await small_world.person("anna")
    text = "".join(f"Line {number} of a log that never ends.\n" for number in range(400_000)).encode()
    assert outcomes(await ingest(anna, {"log.txt": text})) == {"log.txt": "too_large"}


async def test_paths_of_archives_lead_nowhere(small_world: World) -> None:
    anna = await small_world.person("anna")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in ("../../etc/evil.md", "/etc/evil.md", "ok/fine.md"):
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"Hello"))
        link = tarfile.TarInfo("ok/link.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    job = await ingest(anna, {"a.tar.gz": out.getvalue()})
    assert set(outcomes(job)) == {"a.tar.gz", "ok/fine.md", "etc/evil.md"}


@pytest.mark.parametrize(
    "text",
    [
        "x" * 30_000,
        "👩‍👩‍👧‍👦" * 1_200,
        "مرحبا" * 6_000,
        "some words with one NUL in them \0 and more words after it, quite a few of them\n" * 400,
        "漢" * 9_000,
    ],
)
async def test_strange_texts_are_split_and_nothing_is_cut_off(small_world: World, text: str) -> None:
    anna = await small_world.person("anna")
    job = await read(anna, {"strange.txt": text.encode()})
    assert outcomes(job)["strange.txt"] in ("indexing", "done")
    document = await anna.get(f"/my/memory/documents/{job['files'][0]['document_id']}", limit=200)
    kept = [one["text"] for one in document["chunks"]["items"]]
    assert document["chunks_total"] in (len(kept), 1) or document["chunks"]["next_cursor"]
    assert "\0" not in "".join(kept)
    assert set("".join(kept)) - {" "} <= set(text)
