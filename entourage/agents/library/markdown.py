"""One agent as Markdown: front matter (name, description, tools, model, our own keys), below it its instructions."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec
from pydantic import ValidationError

from entourage.agents.library.foreign import HUES, MODELS, grants_of, tool_names
from entourage.agents.library.front_matter import joined, split, unreadable
from entourage.agents.schemas import AgentFields, MemoryScope, NewAgent
from entourage.kit.errors import Invalid

KEYS = (
    "name", "description", "model", "tools", "hue", "status", "fragments", "memory", "limits", "model_settings",
    "output_schema",
)  # fmt: skip
"""What is understood, in the order in which it is written."""

_PLAIN = ("hue", "status", "fragments", "limits", "model_settings", "output_schema")
_MAX_ROLE = 200


class Read(msgspec.Struct, frozen=True):
    """An agent as a file tells it. `ignored` names what has no meaning here."""

    fields: NewAgent
    ignored: tuple[str, ...] = ()


def read_agent(text: str, name: str | None = None) -> Read:
    """The agent of a file; `name` where its head has none. Raises Invalid, saying what is wrong."""
    head, instructions = split(text)
    ignored = [f"{key[:80]}" for key in head if key not in (*KEYS, "color")]
    values: dict[str, Any] = {key: head[key] for key in _PLAIN if head.get(key) is not None}
    values |= {"name": head.get("name", name), "instructions": instructions}
    values |= _role(head, ignored) | _tools(head, ignored) | _model(head, ignored) | _colour(head, ignored)
    values |= _memory(head, ignored)
    try:
        return Read(NewAgent.model_validate(values), tuple(ignored))
    except ValidationError as error:
        raise _wrong(error) from None


def write_agent(agent: AgentFields) -> str:
    """The file of an agent: what is as it is by default is left out."""
    values = agent.model_dump(mode="json", include=set(AgentFields.model_fields), exclude_defaults=True)
    values |= {"name": agent.name, "description": agent.role, "hue": agent.hue}
    return joined({key: values[key] for key in KEYS if key in values}, agent.instructions)


def _role(head: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """A description of another program may be long: its first sentence says who this is."""
    role = head.get("description")
    if not isinstance(role, str):
        return {} if role is None else {"role": role}
    plain = " ".join(role.split()) if len(role) > _MAX_ROLE else role
    if len(plain) <= _MAX_ROLE:
        return {"role": plain}
    ignored.append("description (shortened)")
    first = plain[:_MAX_ROLE].rpartition(". ")[0]
    return {"role": f"{first}." if first else plain[:_MAX_ROLE]}


def _tools(head: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    value = head.get("tools")
    if value is None or isinstance(value, dict):
        return {"tools": cast("dict[str, Any]", value) if value else {}}
    names = tool_names(value)
    if names is None:
        raise unreadable("tools: neither names nor grants")
    grants, unknown = grants_of(names)
    ignored += [f"tools: {name[:80]}" for name in unknown]
    return {"tools": grants}


def _model(head: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    model = head.get("model")
    if isinstance(model, str) and model in MODELS:
        if model not in ("inherit", "default"):
            ignored.append(f"model: {model}")
        return {}
    return {} if model is None else {"model": model}


def _memory(head: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """Other programs have a key of the same name that means a folder."""
    memory = head.get("memory")
    if memory is None or memory in get_args(MemoryScope):
        return {} if memory is None else {"memory": memory}
    ignored.append(f"memory: {str(memory)[:80]}")
    return {}


def _colour(head: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    colour = head.get("color")
    if colour is None or "hue" in head:
        return {}
    if isinstance(colour, str) and colour.lower() in HUES:
        return {"hue": HUES[colour.lower()]}
    ignored.append("color")
    return {}


def _wrong(error: ValidationError) -> Invalid:
    said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]
    return unreadable("; ".join(said).replace("role:", "description:"))
