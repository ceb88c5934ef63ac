"""What is known of models by their names alone, where a dialect makes it matter. Unknown names get the common case."""

from __future__ import annotations

import re

from entourage.llm.translate.neutral import Effort

DEFAULT_MAX_TOKENS = 8192
"""What Anthropic's `max_tokens`, which it insists on, is when an OpenAI caller sets no limit."""

_BUDGETS: dict[Effort, int] = {
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 32_768,
    "max": 32_768,
}
LEAST_BUDGET = 1024

_OPENAI_REASONING = re.compile(r"(?:^|/)(?:o[1-9]\b|gpt-oss|gpt-[5-9]|gpt-\d\d)")
_TAKES_EFFORT = re.compile(r"(?:^|/)(?:o[1-9]\b|gpt-oss|gpt-[5-9]|gpt-\d\d|gemini-(?:2\.5|[3-9])|grok-[3-9]|magistral)")
_CLAUDE = re.compile(r"claude-")
_NEVER_THINKS = re.compile(r"claude-(?:3-[05]|3-opus|3-sonnet|3-haiku|2|instant)")
_BUDGET_CLAUDE = re.compile(r"claude-(?:3-7|(?:opus|sonnet)-4(?:-[015]\b|-2025|$)|haiku-4)")
_SAMPLING_CLAUDE = re.compile(r"claude-(?:3|2|instant|(?:opus|sonnet|haiku)-4(?:-[0-6]\b|-2025|$))")


_HEARS = re.compile(r"audio|(?:^|/)gemini-(?:[2-9]|1\.5)|voxtral|omni|ultravox|phi-4-multimodal")
_SPEAKS_ONLY = re.compile(r"whisper|transcribe|tts")
_READS_CLAUDE = re.compile(r"claude-(?:3-[57]|[a-z]+-[4-9]|[a-z]+-\d\d)")
_READS_OPENAI = re.compile(r"(?:^|/)(?:gpt-4o|gpt-4\.[1-9]|gpt-[5-9]|gpt-\d\d|o[1-9]\b|chatgpt-4o)")


def hears(model: str) -> bool:
    """Whether it takes audio in a conversation."""
    return bool(_HEARS.search(model)) and not _SPEAKS_ONLY.search(model)


def reads_documents(model: str) -> bool:
    """Whether Anthropic or OpenAI themselves let it read PDFs and texts as documents."""
    return bool(_READS_CLAUDE.search(model) or _READS_OPENAI.search(model))


def takes_completion_tokens(model: str) -> bool:
    """OpenAI's reasoning models refuse `max_tokens`; most compatible servers know nothing else."""
    return bool(_OPENAI_REASONING.search(model))


def takes_effort(model: str) -> bool:
    """Whether `reasoning_effort` is known to it; others refuse the whole request."""
    return bool(_TAKES_EFFORT.search(model))


def takes_sampling(model: str) -> bool:
    """Claude from Opus 4.7 on refuses temperature, top_p and top_k."""
    return not _CLAUDE.search(model) or bool(_SAMPLING_CLAUDE.search(model))


def thinks_by_budget(model: str) -> bool:
    """Claude before 4.6 is told a number of tokens; later ones decide themselves."""
    return bool(_BUDGET_CLAUDE.search(model))


def never_thinks(model: str) -> bool:
    """Claude before 3.7."""
    return bool(_NEVER_THINKS.search(model))


def budget_of(effort: Effort, max_tokens: int) -> int | None:
    """Thinking tokens for an effort, below `max_tokens`; None where that leaves too few."""
    budget = min(_BUDGETS.get(effort, 0), max_tokens - 1)
    return budget if budget >= LEAST_BUDGET else None


def effort_of(budget: int) -> Effort:
    """The smallest effort that has this many tokens."""
    for effort, tokens in _BUDGETS.items():
        if budget <= tokens:
            return effort
    return "max"
