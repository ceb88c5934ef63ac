"""Each kind of file is read for what it is, and its chunks say where they are from."""

from __future__ import annotations

import pytest

from tests.memory.ingest.asking import chunks, found, ingest, ingest_one, outcomes
from tests.memory.ingest.files import PNG, docx, paragraph, pdf, style, zipped
from tests.world import World


async def test_an_uploaded_text_can_be_searched(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"notes.md": b"# Harbour\n\nShips leave at nine in the morning."}, tags=["port"])
    assert (job["status"], job["progress"]) == ("done", 1.0)
    assert outcomes(job) == {"notes.md": "done"}
    best = (await found(anna, "When do ships leave?"))[0]
    assert "nine in the morning" in best["text"]
    assert best["kind"] == "document"
    assert best["tags"] == ["port"]
    assert best["source"] == {**best["source"], "type": "file", "name": "notes.md", "line": 1, "chunk": 1}
    assert best["metadata"]["headings"] == ["Harbour"]


async def test_each_kind_is_read_for_what_it_is(world: World) -> None:
    anna = await world.person("anna")
    body = paragraph("Reise", "berschrift1") + paragraph("The tram goes to Belém.")
    body += (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Line</w:t></w:r></w:p></w:tc><w:tc>"
        + paragraph("15E")
        + "</w:tc></w:tr></w:tbl>"
    )
    files = {
        "a.txt": "Привет из Казани".encode("cp1251"),
        "b.md": b"# One\n\nFirst.\n\n# Two\n\nSecond.",
        "c.py": b"import os\n\n\ndef tide(hour):\n    return hour * 2\n",
        "d.pdf": pdf("Page one is about tides", "", "Page three is about winds"),
        "e.docx": docx(body, style("berschrift1", "heading 1")),
        "f.html": b"<html><head><title>Port rules</title></head><h1>Rules</h1><p>No <b>swimming</b>.</p></html>",
        "g.csv": b"name;berths\nLisbon;40\nPorto;25\n",
        "h.json": b'[{"ship": "Aurora", "crew": {"size": 12}}, {"ship": "Boa Vista"}]',
        "i.ndjson": b'{"a": 1}\n{"a": 2}\n',
        "j.eml": b"From: anna@example.com\nSubject: Berth\nMIME-Version: 1.0\n\nWe need a berth.\n",
        "k.txt": "\ufeffshort".encode("utf-16"),
    }
    job = await ingest(anna, files)
    assert job["status"] == "done", job["files"]
    documents = {one["name"]: one for one in (await anna.get("/my/memory/documents"))["items"]}
    assert {name: one["type"] for name, one in documents.items()} == {
        "a.txt": "text",
        "b.md": "markdown",
        "c.py": "code",
        "d.pdf": "pdf",
        "e.docx": "docx",
        "f.html": "html",
        "g.csv": "csv",
        "h.json": "json",
        "i.ndjson": "json",
        "j.eml": "email",
        "k.txt": "text",
    }
    assert documents["f.html"]["title"] == "Port rules"
    assert documents["j.eml"]["title"] == "Berth"
    texts = {name: [one["text"] for one in await chunks(anna, row["id"])] for name, row in documents.items()}
    assert texts["a.txt"] == ["Привет из Казани"]
    assert texts["b.md"] == ["# One\n\nFirst.", "# Two\n\nSecond."]
    assert texts["e.docx"] == ["# Reise\n\nThe tram goes to Belém.\n\n| Line | 15E |"]
    assert texts["f.html"] == ["# Rules\n\nNo swimming."]
    assert texts["g.csv"] == ["name: Lisbon | berths: 40\nname: Porto | berths: 25"]
    assert texts["h.json"] == ["ship: Aurora | crew.size: 12\nship: Boa Vista"]
    assert texts["j.eml"] == ["From: anna@example.com\nSubject: Berth\n\nWe need a berth."]
    assert texts["k.txt"] == ["short"]
    assert [one["source"]["page"] for one in await chunks(anna, documents["d.pdf"]["id"])] == [1, 3]
    code = (await chunks(anna, documents["c.py"]["id"]))[0]
    assert (code["content"], code["metadata"]["language"]) == ("code", "python")


async def test_what_a_file_is_called_does_not_decide_what_it_is(world: World) -> None:
    anna = await world.person("anna")
    files = {"report.txt": pdf("A PDF in disguise"), "page.pdf": b"<!doctype html><p>Hello there</p>", "pic.docx": PNG}
    job = await ingest(anna, files)
    assert outcomes(job) == {"report.txt": "done", "page.pdf": "done", "pic.docx": "no_vision"}
    assert {one["name"]: one["type"] for one in job["files"] if one["type"]} == {
        "report.txt": "pdf",
        "page.pdf": "html",
    }


async def test_a_folder_is_read_as_a_repository(world: World) -> None:
    anna = await world.person("anna")
    files = {
        "app/.gitignore": b"build/\n*.gen.py\n",
        "app/src/main.py": b"def run():\n    return 1\n",
        "app/src/x.gen.py": b"x = 1\n",
        "app/build/out.py": b"x = 1\n",
        "app/node_modules/a/index.js": b"let a\n",
        "app/README.md": b"# App\n\nDoes things.",
        "app/logo.png": PNG,
    }
    for name, job in {
        "upload": await ingest(anna, files),
        "zip": await ingest(anna, {"app.zip": zipped(files)}),
    }.items():
        done = {one for one, outcome in outcomes(job).items() if outcome == "done"} - {"app.zip"}
        assert done == {"app/.gitignore", "app/src/main.py", "app/README.md"}, name
        assert job["skipped"] == 4
    (best, *_) = await found(anna, "def run")
    assert best["source"]["type"] == "repository"


async def test_a_text_an_artifact_and_a_page_are_sources(world: World, fake_llm: object) -> None:
    anna = await world.person("anna")
    job = await ingest_one(anna, text="The lighthouse was built in 1812.", name="lighthouse", tags=["history"])
    (memory,) = await chunks(anna, job["files"][0]["document_id"])
    assert (memory["source"]["type"], memory["source"]["name"]) == ("person", "lighthouse")
    refused = await ingest_one(anna, url="http://127.0.0.1:9/page")
    assert refused["files"][0]["error"]["code"] == "refused"
    assert (await anna.client.post("/my/memory/ingest", json={"artifact_id": anna.id})).status_code == 404
    missing = {"path": "a.md", "session_id": await anna.chat()}
    assert (await anna.client.post("/my/memory/ingest", json=missing)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"url": "ftp://a.example"}, 422),
        ({"text": "a"}, 422),
        ({"path": "a"}, 422),
        ({"url": "http://a.example/x", "text": "a", "name": "b"}, 422),
        ({"text": "a", "name": "b", "agent": "NOT ONE"}, 422),
    ],
)
async def test_what_is_no_source_is_refused(small_world: World, body: dict[str, object], status: int) -> None:
    anna = await small_world.person("anna")
    answer = await anna.client.post("/my/memory/ingest", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_form_without_files_and_other_bodies_are_refused(small_world: World) -> None:
    anna = await small_world.person("anna")
    empty = await anna.client.post("/my/memory/ingest", data={"tags": "a"}, files={"other": b"x"})
    assert empty.status_code == 422
    nonsense = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    assert (await anna.client.post("/my/memory/ingest", **nonsense)).status_code == 415
    broken = {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    assert (await anna.client.post("/my/memory/ingest", **broken)).status_code in (400, 422)
    assert (await anna.get("/my/memory/jobs"))["items"] == []
