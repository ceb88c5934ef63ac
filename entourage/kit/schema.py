"""What goes over the wire: pydantic models whose validators are built when they are first used."""

from __future__ import annotations

import warnings
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.warnings import UnsupportedFieldAttributeWarning

# FastAPI names bodies by an alias and hides what pydantic says to that, but only while it builds the route
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class Schema(BaseModel):
    """The base of all our schemas. A server at rest uses few of them: building all takes 6 MB and time at the start."""

    model_config = ConfigDict(defer_build=True)


def never_null(*fields: str) -> Any:
    """What a change may leave out, but not set to null, as an attribute of its class; without names every field."""

    def refuse(value: object) -> object:
        if value is None:
            raise ValueError("may be left out, but not null")
        return value

    return field_validator(*(fields or ("*",)))(refuse)
