"""What to paste into a client so that it speaks to this server."""

from __future__ import annotations

from json import dumps

from entourage.tools.mcp.bundles.schemas import Connect

KEY = "KEY"
"""Stands where the person puts their key or a bundle's token."""


def connect(base_url: str, bundle: str | None, server: str | None) -> Connect:
    """Texts for everything, for one bundle, or for one server."""
    path = f"/b/{bundle}" if bundle else f"/{server}" if server else ""
    url, name = f"{base_url}/mcp{path}", f"entourage-{bundle or server}" if bundle or server else "entourage"
    headers = {"Authorization": f"Bearer {KEY}"}
    return Connect(
        url=url,
        claude=f'claude mcp add --transport http {name} {url} --header "Authorization: Bearer {KEY}"',
        codex=f'[mcp_servers.{name}]\nurl = "{url}"\nbearer_token_env_var = "ENTOURAGE_KEY"\n',
        cursor=_servers(name, {"url": url, "headers": headers}),
        json=_servers(name, {"type": "http", "url": url, "headers": headers}),
    )


def _servers(name: str, server: dict[str, object]) -> str:
    return dumps({"mcpServers": {name: server}}, indent=2) + "\n"
