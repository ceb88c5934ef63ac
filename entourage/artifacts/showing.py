"""Artifacts as they go over the wire: with links that work for an hour, and their ETag."""

from __future__ import annotations

from fastapi import Response

from entourage.artifacts.links import Links, Target
from entourage.artifacts.rows import row_tag
from entourage.artifacts.schemas import Artifact, Preview


def linked(artifact: Artifact, owner_id: str, links: Links) -> Artifact:
    """With the addresses of its content and of its thumbnail."""
    url = links.link(Target(owner_id, artifact.id, artifact.version))
    preview = artifact.preview
    if artifact.has_thumbnail:
        thumbnail = links.link(Target(owner_id, artifact.id, artifact.version, "thumbnail"))
        preview = (preview or Preview.model_construct()).model_copy(update={"thumbnail_url": thumbnail})
    return artifact.model_copy(update={"content_url": url, "preview": preview})


def shown(response: Response, artifact: Artifact, owner_id: str, links: Links) -> Artifact:
    """Linked, and the answer told its ETag."""
    response.headers["ETag"] = row_tag(artifact.id, artifact.revision)
    return linked(artifact, owner_id, links)
