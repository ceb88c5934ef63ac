"""What goes over the wire: pydantic models whose validators are built when they are first used."""

from __future__ import annotations

import warnings

from pydantic import BaseModel, ConfigDict
from pydantic.warnings import UnsupportedFieldAttributeWarning

# FastAPI names bodies by an alias and hides what pydantic says to that, but only while it builds the route
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class Schema(BaseModel):
    """The base of all our schemas. A server at rest uses few of them: building all takes 6 MB and time at the start."""

    model_config = ConfigDict(defer_build=True)
