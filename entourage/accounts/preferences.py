"""What a person prefers: defaults, and what they changed of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from entourage.accounts.races import with_second_try
from entourage.accounts.tables import PreferencesRow
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.schema import Schema
from entourage.stores.sql import Database

Theme = Literal["auto", "dark", "light"]
Language = Literal["en", "pt", "ru"]
Plans = Literal["ask", "start"]
Routing = Literal["auto", "off"]
Memory = Literal["on", "off"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # unknown, a folder, or a path out of the data
        raise ValueError("this is not a time zone, such as Europe/Lisbon") from None
    return name


TimeZone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$"),
    AfterValidator(_known_zone),
    Field(examples=["Europe/Lisbon"]),
]
FontSize = Annotated[int, Field(ge=8, le=40)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Notifications(Schema):
    """What to be told of."""

    approvals: bool = True
    runs: bool = True


class Editor(Schema):
    """How code is shown."""

    font_size: FontSize = 14
    wrap: bool = True


class Ai(Schema):
    """Which agent and model a new chat begins with; null leaves it to the server."""

    default_agent: Name | None = None
    default_model: Name | None = None


class Mcp(Schema):
    """Whether MCP servers may ask your models (sampling) when your MCP client cannot answer them itself."""

    sampling: bool = False


class Preferences(Schema):
    """All preferences of a person."""

    theme: Theme = "auto"
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    notifications: Notifications = Field(default_factory=Notifications)
    editor: Editor = Field(default_factory=Editor)
    ai: Ai = Field(default_factory=Ai)
    mcp: Mcp = Field(default_factory=Mcp)
    plans: Plans = Field("ask", description="Whether a plan waits for your approval before it begins.")
    routing: Routing = Field("auto", description="Whether the router chooses who answers when you name nobody.")
    memory: Memory = Field("on", description="Whether your agents recall what you know, and remember your turns.")


class NotificationsPatch(TypedDict, total=False):
    """A change of `notifications`."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore[reportGeneralTypeIssues]
    approvals: bool
    runs: bool


class EditorPatch(TypedDict, total=False):
    """A change of `editor`."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore[reportGeneralTypeIssues]
    font_size: FontSize
    wrap: bool


class AiPatch(TypedDict, total=False):
    """A change of `ai`."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore[reportGeneralTypeIssues]
    default_agent: Name | None
    default_model: Name | None


class McpPatch(TypedDict, total=False):
    """A change of `mcp`."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore[reportGeneralTypeIssues]
    sampling: bool


class PreferencesPatch(TypedDict, total=False):
    """A change: what is left out stays as it is; unknown fields are refused."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore[reportGeneralTypeIssues]
    theme: Theme
    language: Language
    time_zone: TimeZone
    notifications: NotificationsPatch
    editor: EditorPatch
    ai: AiPatch
    mcp: McpPatch
    plans: Plans
    routing: Routing
    memory: Memory


class PreferenceStore:
    """Keeps only what differs from the defaults, so that better defaults reach everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._on_change: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the person's id whenever this process has changed preferences."""
        self._on_change.append(listener)

    async def get(self, user_id: str) -> tuple[Preferences, str]:
        """A person's preferences and their entity tag."""
        async with self._database.read(user_id) as session:
            row = await session.get(PreferencesRow, user_id)
        return _shown(row), _etag(user_id, row)

    async def change(self, user_id: str, patch: PreferencesPatch, if_match: str | None) -> tuple[Preferences, str]:
        """Apply a partial change. Raises Stale."""
        changed = await with_second_try(lambda: self._change(user_id, patch, if_match))
        for listener in self._on_change:
            listener(user_id)
        return changed

    async def _change(self, user_id: str, patch: PreferencesPatch, if_match: str | None) -> tuple[Preferences, str]:
        async with self._database.write(user_id) as session:
            row = await session.get(PreferencesRow, user_id, with_for_update=True)
            check_if_match(if_match, _etag(user_id, row))
            if row is None:
                row = PreferencesRow(owner_id=user_id, changes=merged({}, patch), version=1)
                session.add(row)
            elif (changes := merged(row.changes, patch)) != row.changes:
                row.changes = changes
                row.version += 1
        return _shown(row), _etag(user_id, row)


def merged(known: dict[str, Any], patch: Any) -> dict[str, Any]:
    """`known` with `patch` laid over it, group by group."""
    result = dict(known)
    for name, value in patch.items():
        result[name] = {**result.get(name, {}), **value} if isinstance(value, dict) else value
    return result


def _shown(row: PreferencesRow | None) -> Preferences:
    return Preferences.model_validate(row.changes if row else {})


def _etag(user_id: str, row: PreferencesRow | None) -> str:
    return etag_of("preferences", user_id, row.version if row else 0)
