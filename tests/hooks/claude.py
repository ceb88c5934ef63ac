"""The real Claude Code, without a network: a scripted model answers it, and a witness keeps every hook it runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.llm_server import FakeLLM

ROOT = Path(__file__).parent.parent.parent
BINARY = Path(os.environ.get("ENTOURAGE_TEST_CLAUDE") or ROOT / ".setup/claude/node_modules/.bin/claude")
MISSING = f"there is no Claude Code at {BINARY}; scripts/claude-bin fetches it"
RUN_SECONDS = 120

Body = dict[str, Any]


@dataclass
class Machine:
    """A person's machine: a home folder, a project, and Claude Code in it."""

    home: Path
    project: Path
    llm: FakeLLM

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "ANTHROPIC_BASE_URL": self.llm.anthropic_url,
            "ANTHROPIC_API_KEY": "sk-test",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "IS_SANDBOX": "1",
        }

    async def entourage(self, *arguments: str) -> str:
        """Run our command line there; what it said. It must succeed."""
        code, said = await self.run(sys.executable, "-m", "entourage", *arguments)
        assert code == 0, said
        return said

    async def claude(self, *calls: tuple[str, Body], tools: str = "Bash,Read,Agent", more: tuple[str, ...] = ()) -> str:
        """Let the model make these calls, one after the other; the answer. Claude Code must succeed."""
        return await self.claude_says(script(*calls), tools, *more)

    async def claude_says(self, prompt: str, tools: str = "Bash,Read,Agent", *more: str) -> str:
        """The answer to a prompt. Claude Code must succeed."""
        code, said = await self.run(str(BINARY), *arguments(prompt, tools), *more)
        assert code == 0, said
        return said

    async def run(self, *command: str) -> tuple[int, str]:
        """Run a program in the project; its exit code and everything it said."""
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.project,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(RUN_SECONDS):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    def witnessed(self) -> list[Body]:
        """Every hook that Claude Code ran, as it ran it."""
        return [json.loads(path.read_bytes()) for path in sorted((self.home / "witness").iterdir())]

    def watch(self, *events: str) -> None:
        """Put a hook of somebody else's beside ours, for each of these events."""
        (self.home / "witness").mkdir()
        command = f'cat > "{self.home}/witness/$(date +%s%N)-$$"'
        hooks = {event: [{"hooks": [{"type": "command", "command": command}]}] for event in events}
        settings = self.project / ".claude" / "settings.json"
        settings.parent.mkdir(exist_ok=True)
        settings.write_text(json.dumps({"hooks": hooks}, indent=2))

    def told(self) -> str:
        """Everything the model was told by tools."""
        results = [
            block
            for request in self.llm.requests
            for message in request["body"].get("messages", [])
            for block in (message["content"] if isinstance(message["content"], list) else [])
            if block["type"] == "tool_result"
        ]
        return json.dumps(results)


def script(*calls: tuple[str, Body]) -> str:
    """What makes the scripted model call these tools."""
    return "\n".join(f"/call {tool} {json.dumps(args)}" for tool, args in calls) or "say hello"


def arguments(prompt: str, tools: str) -> list[str]:
    """Claude Code answering once."""
    model = ("--model", "claude-sonnet-4-5")
    return ["-p", prompt, *model, "--allowedTools", tools, "--setting-sources", "user,project"]


def summary(bodies: list[Body]) -> Counter[tuple[str, ...]]:
    """What tells hooks apart, counted."""
    keys = ("hook_event_name", "session_id", "tool_use_id", "agent_id", "prompt_id", "file_path", "source", "reason")
    return Counter(tuple(str(body.get(key)) for key in keys) for body in bodies)


@asynccontextmanager
async def machine_at(folder: Path) -> AsyncIterator[Machine]:
    """A fresh machine; what our hooks left running there ends with it."""
    home, project = folder / "home", folder / "project"
    home.mkdir()
    project.mkdir()
    with FakeLLM("calls") as llm:
        machine = Machine(home, project, llm)
        try:
            yield machine
        finally:
            if (home / ".config/entourage").exists():
                await machine.entourage("hooks", "uninstall", "--forget")
