"""What a provider offers beside chat: its list of models, and embeddings."""

import base64
import hashlib
import struct
from typing import Any

from tests.fakes.conversation import Json
from tests.fakes.openai_dialect import CREATED
from tests.fakes.refusal import RefusedError
from tests.fakes.scripts import SCRIPTS

MODELS = (
    "gpt-4o-mini",
    "claude-sonnet-4-5",
    "text-embedding-3-small",
    "tts-1",
    "gpt-4o-transcribe",
    "gpt-image-1",
    *SCRIPTS,
)


def models(anthropic: bool) -> Json:
    """The list of models in either dialect: a few real names, then every script."""
    if anthropic:
        data = [{"type": "model", "id": m, "display_name": m, "created_at": "2025-09-29T00:00:00Z"} for m in MODELS]
        return {"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}
    data = [{"id": m, "object": "model", "created": CREATED, "owned_by": "fake"} for m in MODELS]
    return {"object": "list", "data": data}


def model(name: str, anthropic: bool) -> Json:
    """One of them. Raises RefusedError for any other."""
    found = next((one for one in models(anthropic)["data"] if one["id"] == name), None)
    if found is None:
        raise RefusedError(f"The model '{name}' does not exist.", status=404, code="model_not_found", param="model")
    return found


def embeddings(body: Json) -> Json:
    """`/v1/embeddings`, as floats or base64."""
    given = body.get("input")
    if not given:
        raise RefusedError("Missing required parameter: 'input'.", param="input")
    texts = given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    size = body.get("dimensions") or 64
    vectors = [_vector(str(text), size) for text in texts]
    if body.get("encoding_format") == "base64":
        packed: list[Any] = [base64.b64encode(struct.pack(f"<{size}f", *v)).decode() for v in vectors]
    else:
        packed = vectors
    data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(packed)]
    tokens = sum(1 + len(str(t)) // 4 for t in texts)
    return {
        "object": "list",
        "data": data,
        "model": body.get("model"),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _vector(text: str, size: int) -> list[float]:
    """Letter trigrams hashed into `size` places: near texts come out near."""
    places = [0.0] * size
    padded = f"  {text.lower()} "
    for i in range(len(padded) - 2):
        places[int.from_bytes(hashlib.blake2b(padded[i : i + 3].encode(), digest_size=4).digest()) % size] += 1
    length = sum(p * p for p in places) ** 0.5 or 1
    return [p / length for p in places]
