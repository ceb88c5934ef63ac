"""A workspace beside things that must not be reached from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from entourage.workspaces import WorkspaceFiles

QUOTA_BYTES = 100_000
MAX_FILE_BYTES = 50_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "victim").mkdir()
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def files(root: Path) -> WorkspaceFiles:
    return WorkspaceFiles(root, QUOTA_BYTES, MAX_FILE_BYTES)
