"""The store of vectors that settings name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from entourage.stores.vectors.base import Vectors


def open_vectors(url: str | None, data_dir: Path, *, idle_seconds: float = 600.0) -> Vectors:
    """A Qdrant server at `http[s]://host:port[?api_key=...][&prefix=...]`, else Qdrant Edge in `data_dir`.

    Nothing starts yet. Installations that share a server need a prefix each, with which their collections begin.
    """
    if url is None:
        from entourage.stores.vectors.edge.store import EdgeVectors

        return EdgeVectors(data_dir / "vectors", idle_seconds=idle_seconds)
    from entourage.stores.vectors.server.store import PREFIX, ServerVectors

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(
            f"vectors_url is {parts.scheme}://{parts.hostname or ''}, not http://host:port of a Qdrant server"
        )
    asked = parse_qs(parts.query)
    key, prefix = asked.get("api_key", [None])[0], asked.get("prefix", [PREFIX])[0]
    return ServerVectors(parts._replace(query="", fragment="").geturl(), api_key=key, prefix=prefix)
