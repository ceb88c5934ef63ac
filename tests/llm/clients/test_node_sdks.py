"""The official Node SDKs, unchanged."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.media import png
from tests.llm.clients.conftest import CLIENTS, ROOT, Shop, needs_clients

pytestmark = needs_clients

each_provider = pytest.mark.parametrize("provider", ["both", "chat", "claude"])


@pytest.fixture(scope="module")
def node() -> Path:
    """The Node of the tests; the folder of the clients is there, so it is, too."""
    folder = subprocess.run([ROOT / "scripts/node-bin"], capture_output=True, check=True, text=True).stdout.strip()
    return Path(folder) / "node"


async def _run(shop: Shop, node: Path, program: str, url: str, provider: str) -> dict[str, Any]:
    picture = base64.b64encode(png(7)).decode()
    said = await shop.run(
        node,
        Path(__file__).parent / "node" / program,
        CLIENTS=os.fspath(CLIENTS.resolve()),
        BASE_URL=url,
        KEY=shop.key,
        PROVIDER=provider,
        PICTURE=picture,
    )
    return json.loads(said)


@each_provider
async def test_the_openai_sdk(shop: Shop, node: Path, provider: str) -> None:
    told = await _run(shop, node, "openai.mjs", shop.openai_url, provider)
    expected = {
        "whole": "Answer: hello there",
        "streamed": "Answer: hello there",
        "sameUsage": True,
        "tool": "list_files",
        "parsed": {"n": 1},
        "image": "Echo: see (1 image)",
        "response": "Answer: hello there",
        "responseStreamed": "Answer: hello there",
        "completed": "completed",
        "error": "BadRequestError",
    }
    if provider == "both":
        expected |= {"embedding": 8, "speech": "RIFF", "heard": True}
    assert told == expected


@each_provider
async def test_the_anthropic_sdk(shop: Shop, node: Path, provider: str) -> None:
    assert await _run(shop, node, "anthropic.mjs", shop.url, provider) == {
        "whole": ["thinking", "text"],
        "streamed": "Answer: hello there",
        "sameUsage": True,
        "tool": ["list_files", "tool_use"],
        "result": "Done: a.txt",
        "image": "Echo: see (1 image)",
        "parsed": {"n": 1},
        "error": "BadRequestError",
    }
