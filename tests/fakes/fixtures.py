"""Pytest fixtures for tests that talk to a model provider."""

from collections.abc import Iterator

import pytest

from tests.fakes.llm_server import FakeLLM


@pytest.fixture
def fake_llm() -> Iterator[FakeLLM]:
    """A provider that echoes; `fake_llm.play(name)` changes its script."""
    with FakeLLM() as server:
        yield server
