"""Artifacts made by hand, and waiting for what is made of them."""

from __future__ import annotations

import asyncio
import base64
import io
import zipfile
from typing import Any

import httpx
from PIL import Image

from tests.world import Person


async def made(person: Person, content: str | bytes = "first", **fields: Any) -> dict[str, Any]:
    """A new artifact, a text unless said otherwise."""
    body = {"content": content} if isinstance(content, str) else {"content_base64": base64.b64encode(content).decode()}
    return await person.post("/my/artifacts", {"type": "text", "title": "Notes", **body, **fields}, 201)


async def uploaded(person: Person, content: bytes, **params: Any) -> dict[str, Any]:
    """A new artifact of the bytes of a file."""
    headers = {"Content-Type": "application/octet-stream"}
    answer = await person.client.post("/my/artifacts/upload", params=params, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def put(person: Person, artifact: dict[str, Any], content: bytes, **headers: str) -> httpx.Response:
    """A new version."""
    headers = {"Content-Type": "application/octet-stream", **headers}
    return await person.client.put(f"/my/artifacts/{artifact['id']}/content", content=content, headers=headers)


async def previewed(person: Person, artifact: dict[str, Any]) -> dict[str, Any]:
    """The artifact once its preview is made; it must be of a conversation, whose stream tells of it."""
    async with asyncio.timeout(60):
        async for event in person.events(artifact["chat_id"]):
            told = event["data"].get("artifact", {})
            if event["type"].startswith("artifact_") and told["id"] == artifact["id"] and told["preview"] is not None:
                return await person.get(f"/my/artifacts/{artifact['id']}")
    raise AssertionError("the stream ended")


def picture(width: int = 64, height: int = 48, kind: str = "PNG") -> bytes:
    """A plain picture."""
    sink = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 90)).save(sink, kind)
    return sink.getvalue()


def pdf(words: str = "Quarterly figures", pages: int = 2) -> bytes:
    """A document of so many pages that say the same words."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    stream = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return assembled(objects)


def assembled(objects: list[str]) -> bytes:
    out = b"%PDF-1.4\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF".encode()


def docx(*paragraphs: str) -> bytes:
    """A Word document."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    return sink.getvalue()
