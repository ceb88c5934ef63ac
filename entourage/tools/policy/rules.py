"""A policy: a person's own rules, and the guards everybody starts with."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.tools.shell import Behavior

MAX_RULES = 200
MAX_TEXT = 4096
"""How much of an argument is compared with a pattern."""

Glob = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Short = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class Condition(Schema):
    """One argument and the pattern it must match (`*` and `?` as in file names)."""

    model_config = ConfigDict(extra="forbid")

    arg: Glob = Field(description="Name of the argument; a pattern, too.")
    matches: Glob


class PolicyRule(Schema):
    """Applies to tools that match, where every condition holds. The first rule that applies decides."""

    model_config = ConfigDict(extra="forbid")

    name: RuleName
    tool: Glob = Field(description="Pattern of tool names, e.g. Bash or mcp__*.")
    app: Glob = Field("*", description="Pattern of sources; your own team is team.")
    when: list[Condition] = Field([], max_length=20)
    verdict: Behavior
    reason: Short = ""

    def applies(self, app: str, tool: str, args: dict[str, Any]) -> bool:
        """Whether the rule speaks of this call."""
        if not (fnmatchcase(tool, self.tool) and fnmatchcase(app, self.app)):
            return False
        return all(_holds(condition, args) for condition in self.when)


def _holds(condition: Condition, args: dict[str, Any]) -> bool:
    return any(
        fnmatchcase(name, condition.arg) and fnmatchcase(str(value)[:MAX_TEXT], condition.matches)
        for name, value in args.items()
    )


class PolicyIn(Schema):
    """What a person chose. `shell` and `files` are the guards for commands and for paths."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "rules": [
                    {
                        "name": "no-deploys",
                        "tool": "Bash",
                        "when": [{"arg": "command", "matches": "*deploy*"}],
                        "verdict": "ask",
                        "reason": "Deploying is for people.",
                    }
                ]
            }
        },
    )

    rules: list[PolicyRule] = Field([], max_length=MAX_RULES)
    shell: bool = Field(True, description="Judge shell commands.")
    files: bool = Field(True, description="Judge the paths that file tools read and write.")
    unlisted: Literal["pass", "ask"] = Field(
        "pass", description="Commands that are neither known to be harmless nor dangerous."
    )


class Policy(PolicyIn):
    """A person's policy."""

    model_config = ConfigDict(extra="ignore")

    version: int = 0
    updated_at: Time | None = None


class CallIn(Schema):
    """A call to try the policy on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"tool": "Bash", "args": {"command": "rm -rf /"}}}
    )

    tool: Glob
    args: dict[str, Any] = Field({}, max_length=200)
    app: Glob = "team"
    cwd: Annotated[str, StringConstraints(max_length=4096)] = ""


class Ruling(Schema):
    """What the policy says of a call; `verdict` is null where it has no opinion."""

    verdict: Behavior | None
    rule: str = ""
    reason: str = ""
    is_own: bool = False
    """Whether a rule of the person's own spoke."""
