"""The other engines, in a virtual environment in `.bench/`, put there by `python -m bench.rig.vector_peers`.

Each gets the same vectors in clusters, is searched by one owner who has all, then by each of a thousand, and prints one
line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.rig.gateways import FOLDER, ROOT

PEERS = FOLDER / "vectors"
PACKAGES = ("qdrant-client==1.20.0", "apsw==3.54.1.0", "sqlite-vec==0.1.9", "numpy>=2")
RUNS = (("qdrant-client, local", 10_000), ("sqlite-vec", 10_000), ("sqlite-vec", 100_000), ("numpy", 100_000))

COMMON = """
import json, sys, time
import numpy as np
size, searches = int(sys.argv[1]), 100
chance = np.random.default_rng(size)
centres = chance.standard_normal((200, 384), dtype=np.float32)
def some(count):
    found = centres[chance.integers(0, 200, count)] + chance.standard_normal((count, 384), dtype=np.float32) * 0.8
    return found / np.linalg.norm(found, axis=1, keepdims=True)
vectors = some(size)
def timed(search, owners):
    times = []
    for number, query in enumerate(some(searches)):
        began = time.perf_counter()
        search(query, number * 10 if owners else None)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)
def tell(fill, search):
    began = time.perf_counter()
    fill()
    per_second = size / (time.perf_counter() - began)
    whole, owner = timed(search, False), timed(search, True)
    last = searches - 1
    print(json.dumps({"p50": whole[last // 2], "p95": whole[last * 95 // 100], "owner_p99": owner[last * 99 // 100],
                      "per_second": per_second}))
"""

LOCAL = """
import warnings; warnings.simplefilter("ignore")
from qdrant_client import QdrantClient, models
client = QdrantClient(":memory:")
client.create_collection("c", vectors_config=models.VectorParams(size=384, distance=models.Distance.COSINE))
def fill():
    for start in range(0, size, 500):
        client.upsert("c", [models.PointStruct(id=n, vector=vectors[n].tolist(), payload={"owner": n * 1000 // size})
                            for n in range(start, min(size, start + 500))])
def search(query, owner):
    is_theirs = models.FieldCondition(key="owner", match=models.MatchValue(value=owner or 0))
    mine = None if owner is None else models.Filter(must=[is_theirs])
    client.query_points("c", query=query.tolist(), limit=10, query_filter=mine)
tell(fill, search)
"""

SQLITE = """
import apsw, sqlite_vec
db = apsw.Connection(":memory:")
db.enable_load_extension(True)
db.load_extension(sqlite_vec.loadable_path())
db.execute("create virtual table v using vec0(owner integer, e float[384] distance_metric=cosine)")
def fill():
    with db:
        db.executemany("insert into v(rowid, owner, e) values (?, ?, ?)",
                       ((n, n * 1000 // size, vectors[n].tobytes()) for n in range(size)))
def search(query, owner):
    mine, more = ("", ()) if owner is None else (" and owner = ?", (owner,))
    list(db.execute("select rowid, distance from v where e match ? and k = 10" + mine, (query.tobytes(), *more)))
tell(fill, search)
"""

NUMPY = """
kept = np.empty((size, 384), dtype=np.float32)
whose = np.arange(size) * 1000 // size
def fill():
    for start in range(0, size, 500):
        kept[start:start + 500] = vectors[start:start + 500]
def search(query, owner):
    among = kept if owner is None else kept[whose == owner]
    np.argpartition(among @ query, -10)[-10:]
tell(fill, search)
"""

PROGRAMS = {"qdrant-client, local": LOCAL, "sqlite-vec": SQLITE, "numpy": NUMPY}


def install() -> None:
    """Fetch the other engines."""
    FOLDER.mkdir(exist_ok=True)
    if not (PEERS / "bin" / "python").exists():
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(PEERS)], check=True)
        python = str(PEERS / "bin" / "python")
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, *PACKAGES], check=True)


def measured() -> dict[str, dict[str, Any]]:
    """What each told, by its name and size; nothing where they were not fetched."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        return {}
    return {f"{name} {size:,}": _run(str(python), PROGRAMS[name], size) for name, size in RUNS}


def _run(python: str, program: str, size: int) -> dict[str, Any]:
    told = subprocess.run(
        [python, "-c", COMMON + program, str(size)], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    lines = [line for line in told.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"a peer failed: {told.stderr[-1500:]}")
    return json.loads(lines[-1])


if __name__ == "__main__":
    install()
