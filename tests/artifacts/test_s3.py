"""Artifacts whose blobs are in S3: the same from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from entourage.kit.ids import new_id
from tests.artifacts.making import made, picture, previewed, put, uploaded
from tests.world import open_world


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str, str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    import boto3

    client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    name = f"b{new_id()}"
    client.create_bucket(Bucket=name)
    return client, name, f"s3://{name}/team?endpoint={s3_server}"


async def test_artifacts_live_in_a_bucket(bucket: tuple[Any, str, str], tmp_path: Path) -> None:
    client, name, url = bucket
    async with open_world(tmp_path, blobs_url=url) as world:
        anna = await world.person("anna")
        chat = await anna.chat()
        text = b"0123456789" * 20_000
        large = await uploaded(anna, text, type="text", title="Long")
        photo = await previewed(anna, await made(anna, picture(900, 600), type="image", title="Photo", chat_id=chat))
        film = await uploaded(anna, b"\x00\x00\x00\x18ftypisom" + bytes(100_000), type="video", title="Film")
        assert (await anna.client.get(f"/my/artifacts/{large['id']}/content")).content == text
        assert (await anna.client.get(photo["preview"]["thumbnail_url"])).headers["content-type"] == "image/webp"
        part = await anna.client.get(film["content_url"], headers={"Range": "bytes=4-7"})
        assert part.content == b"ftyp"
        sizes = {item["Key"]: item["Size"] for item in client.list_objects_v2(Bucket=name)["Contents"]}
        assert len(sizes) == 3
        assert all(key.startswith(f"team/{anna.id}/artifacts/") for key in sizes)
        assert next(size for key, size in sizes.items() if large["id"] in key) < len(text) / 10
        await put(anna, large, b"short")
        back = await anna.post(f"/my/artifacts/{large['id']}/revert", {"version": 1}, 200)
        assert back["size"] == len(text)
        for artifact in (large, photo, film):
            assert (await anna.client.delete(f"/my/artifacts/{artifact['id']}")).status_code == 204
        assert client.list_objects_v2(Bucket=name)["KeyCount"] == 0
