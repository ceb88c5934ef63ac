"""What the doors of this room ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query

from entourage.artifacts.links import Links
from entourage.artifacts.origin import ContentOrigin
from entourage.artifacts.service import Artifacts
from entourage.artifacts.shares import ArtifactShares
from entourage.kit.services import service

ArtifactsHere = Annotated[Artifacts, service(Artifacts)]
LinksHere = Annotated[Links, service(Links)]
OriginHere = Annotated[ContentOrigin, service(ContentOrigin)]
SharesHere = Annotated[ArtifactShares, service(ArtifactShares)]

Version = Annotated[int | None, Query(ge=1, le=1_000_000_000)]
RangeHeader = Annotated[
    str | None,
    Header(
        alias="Range",
        max_length=4096,
        json_schema_extra={"pattern": r"^bytes=[0-9]{1,9}-$", "examples": ["bytes=0-"]},
    ),
]
IfRange = Annotated[str | None, Header(max_length=4096)]
IfNoneMatch = Annotated[str | None, Header(max_length=4096)]
