"""The policy as a step of the pipeline, after validation and before approval."""

from __future__ import annotations

from entourage.tools.pipeline import Middleware
from entourage.tools.policy.evaluate import ToolUse
from entourage.tools.policy.rules import Ruling
from entourage.tools.policy.service import Policies
from entourage.tools.policy.shells import Shell, shell_of
from entourage.tools.tool import ToolCall, ToolResult

SHELL_ROOT = "/srv/app"


class PolicyStep(Middleware):
    """Refuses what the owner's policy denies, and has a person asked where it says so, whatever is granted.

    A command runs unasked only when the strict guard has read all of it; on another machine it then runs as the guard
    wrote it anew. `shell_root` is the folder in which commands on other machines may read.
    """

    def __init__(self, policies: Policies, *, shell_root: str = SHELL_ROOT) -> None:
        self._policies = policies
        self._shell_root = shell_root

    async def before(self, call: ToolCall) -> ToolResult | None:
        shell = shell_of(call.tool, call.args, self._shell_root)
        command = shell.argument if shell else None
        use = ToolUse(call.tool.name, call.args, call.caller.source, command_in=command)
        ruling = await self._policies.rule(call.owner_id, use)
        if ruling.verdict == "deny":
            return ToolResult.failure(f"The policy {ruling.rule} does not allow this: {ruling.reason}", "denied")
        call.must_ask = ruling.verdict == "ask" or (shell is not None and not _is_free(call, shell, ruling))
        return None


def _is_free(call: ToolCall, shell: Shell, ruling: Ruling) -> bool:
    """Whether the command needs nobody's word: a rule of the person's own says so, or the guard knows all of it."""
    found = shell.guarded(call.args)
    if found.allowed and shell.is_remote:
        call.args = {**call.args, shell.argument: found.command}
        call.valid = call.tool.validate(call.args)
    return found.allowed or (ruling.is_own and ruling.verdict == "allow")
