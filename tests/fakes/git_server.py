"""A git server over smart HTTP: `git upload-pack` behind two doors, as hosts of repositories have them."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from tests.fakes.running import BackgroundServer

UPLOAD = "git-upload-pack"
ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder of ours."""
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder, env=ENV, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A repository with one commit of these files."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "First")
    return folder


class GitServer(BackgroundServer):
    """Serves `root/<name>` at `/<name>.git`, files of `root` at `/files/...`, and `/away` as a redirect to `away`."""

    def __init__(self, root: Path, away: str = "http://169.254.169.254/") -> None:
        self._root = root
        self._away = away
        super().__init__(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/files/"):
            await _answer(
                send, 200, "application/octet-stream", (self._root / path.removeprefix("/files/")).read_bytes()
            )
        elif path.startswith("/away"):
            await _answer(send, 302, "text/plain", b"", location=self._away)
        elif path.startswith("/moved/"):
            query = scope["query_string"].decode()
            await _answer(send, 301, "text/plain", b"", location=f"/{path.removeprefix('/moved/')}?{query}")
        elif path.endswith("/info/refs") and not self._folder(path.removesuffix("/info/refs")).exists():
            await _answer(send, 404, "text/plain", b"nothing")
        elif path.endswith("/info/refs") and parse_qs(scope["query_string"].decode()).get("service") == [UPLOAD]:
            refs = await self._upload_pack(path.removesuffix("/info/refs"), b"", "--advertise-refs")
            banner = b"001e# service=git-upload-pack\n0000"
            await _answer(send, 200, f"application/x-{UPLOAD}-advertisement", banner + refs)
        elif path.endswith(f"/{UPLOAD}"):
            pack = await self._upload_pack(path.removesuffix(f"/{UPLOAD}"), await _body(receive))
            await _answer(send, 200, f"application/x-{UPLOAD}-result", pack)
        else:
            await _answer(send, 404, "text/plain", b"nothing")

    def _folder(self, path: str) -> Path:
        return self._root / path.strip("/").removesuffix(".git")

    async def _upload_pack(self, path: str, body: bytes, *options: str) -> bytes:
        argv = [
            "git",
            "-c",
            "safe.directory=*",
            "upload-pack",
            "--stateless-rpc",
            *options,
            str(self._folder(path) / ".git"),
        ]
        done = await asyncio.to_thread(subprocess.run, argv, input=body, capture_output=True, env=ENV, check=False)
        return done.stdout


async def _body(receive: Receive) -> bytes:
    data = b""
    while True:
        message: Any = await receive()
        data += message.get("body", b"")
        if not message.get("more_body"):
            return data


async def _answer(send: Send, status: int, kind: str, body: bytes, location: str | None = None) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(b"location", location.encode())] if location else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
