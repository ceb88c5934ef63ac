"""Prices: those of genai-prices, in every dialect, to the nano-dollar."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from genai_prices import Usage, calc_price, data
from hypothesis import given
from hypothesis import strategies as st

from entourage.llm.kinds import KINDS
from entourage.llm.money.call import Tokens
from entourage.llm.money.prices import NANO, Prices, dollars, own_price
from entourage.llm.money.table import find, read_table
from entourage.llm.money.tokens import Told, most, tokens_of

ROOT = Path(__file__).parents[3]
MOMENTS = [datetime(2026, month, 12, hour, 5, tzinfo=UTC) for month, hour in ((3, 2), (9, 7), (11, 14), (12, 20))]
MIXES = [
    Tokens(1000, 500),
    Tokens(123_457, 9_871, cached=100_001, cache_write=7),
    Tokens(300_001, 1, cached=1),
    Tokens(5, 3000, reasoning=2500),
]
TYPES = {kind.price_id: kind.type for kind in KINDS.values() if kind.price_id}
SAMPLE = [
    (TYPES[provider.id], provider.id, model.id)
    for provider in data.providers
    if provider.id in TYPES
    for model in provider.models[::9]
]


def theirs(provider_id: str, model: str, tokens: Tokens, at: datetime) -> Decimal | None:
    usage = Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cached,
        cache_write_tokens=tokens.cache_write,
        output_reasoning_tokens=tokens.reasoning,
    )
    try:
        return calc_price(usage, model, provider_id=provider_id, genai_request_timestamp=at).total_price
    except LookupError:
        return None


@pytest.mark.parametrize("provider_type", sorted({one[0] for one in SAMPLE}))
def test_they_agree_with_genai_prices(provider_type: str) -> None:
    prices = Prices()
    compared = 0
    for kind, provider_id, model in SAMPLE:
        for tokens in MIXES if kind == provider_type else ():
            for at in MOMENTS:
                ours = prices.cost(kind, "", model, tokens, at=at)
                if ours is not None:
                    exact = theirs(provider_id, model, tokens, at)
                    assert exact is not None
                    assert abs(exact * NANO - ours) <= Decimal("0.5"), (model, tokens, at)
                    compared += 1
    assert compared > 0


def test_models_without_a_price_for_tokens_have_none() -> None:
    prices = Prices()
    assert prices.cost("openai", "", "no-such-model", Tokens(1, 1)) is None
    assert prices.cost("openai_compatible", "http://127.0.0.1:8000/v1", "gpt-4o", Tokens(1, 1)) is None
    assert prices.cost("offline", "", "offline", Tokens(1, 1)) == 0


def test_a_compatible_provider_is_known_by_its_url() -> None:
    known = Prices().cost(
        "openai_compatible", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile", Tokens(1000)
    )
    assert known == Prices().cost("groq", "", "llama-3.3-70b-versatile", Tokens(1000))
    assert known


def test_dates_in_names_may_be_written_without_dashes() -> None:
    table = read_table()
    assert find(table, "openai", "", "gpt-4o-20240806") is not None
    assert find(table, "openai", "", "GPT-4o-2024-08-06") is not None


def test_the_table_is_that_of_the_installed_genai_prices() -> None:
    command = [sys.executable, "scripts/prices.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_own_prices_come_first() -> None:
    own = own_price({"input": "10", "output": "20.5", "cached_input": "1"})
    assert Prices().cost("openai", "", "gpt-4o", Tokens(1000, 100, cached=400), own) == 6_000_000 + 400_000 + 2_050_000


def test_more_cached_than_given_is_not_negative() -> None:
    assert Prices().cost("openai", "", "gpt-4o-mini", Tokens(10, 0, cached=50, cache_write=50)) >= 0


@given(st.integers(0, 10**15))
def test_dollars_are_exact(nano: int) -> None:
    assert Decimal(dollars(nano)) * NANO == nano
    assert "e" not in dollars(nano).lower()


def told(text: str) -> Told:
    return msgspec.json.decode(text.encode(), type=Told)


def test_one_usage_in_three_dialects_is_one_usage() -> None:
    chat = told(
        '{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500,'
        '"prompt_tokens_details":{"cached_tokens":600},"completion_tokens_details":{"reasoning_tokens":200}}'
    )
    responses = told(
        '{"input_tokens":1000,"output_tokens":500,"input_tokens_details":{"cached_tokens":600},'
        '"output_tokens_details":{"reasoning_tokens":200}}'
    )
    messages = told(
        '{"input_tokens":400,"output_tokens":500,"cache_read_input_tokens":600,"cache_creation_input_tokens":0,'
        '"output_tokens_details":{"reasoning_tokens":200}}'
    )
    expected = Tokens(1000, 500, cached=600, reasoning=200)
    assert tokens_of("chat", chat) == tokens_of("responses", responses) == tokens_of("messages", messages) == expected
    assert dollars(Prices().cost("openai", "", "gpt-4o-mini", expected) or 0) == "0.000405"


def test_written_tokens_of_anthropic_are_part_of_the_input() -> None:
    usage = told('{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":30}')
    assert tokens_of("messages", usage) == Tokens(140, 5, cached=100, cache_write=30)


@pytest.mark.parametrize(
    "details", ['"completion_tokens_details":{"reasoning_tokens":300}', '"prompt_tokens_details":null']
)
def test_reasoning_that_only_the_total_tells_is_counted(details: str) -> None:
    usage = told(f'{{"prompt_tokens":10,"completion_tokens":20,"total_tokens":330,{details}}}')
    assert tokens_of("chat", usage) == Tokens(10, 320, reasoning=300)


def test_a_stream_that_tells_twice_is_counted_once() -> None:
    start = told('{"input_tokens":10,"output_tokens":1,"cache_read_input_tokens":100}')
    end = told('{"output_tokens":50}')
    assert tokens_of("messages", most(start, end)) == Tokens(110, 50, cached=100)


def test_deepseeks_word_for_cached_tokens_counts() -> None:
    usage = told('{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":8}')
    assert tokens_of("chat", usage) == Tokens(10, 2, cached=8)


@given(st.builds(Told, *([st.integers(-5, 10**13) | st.none()] * 3)))
def test_nonsense_is_bounded(usage: Told) -> None:
    for dialect in ("chat", "responses", "messages"):
        assert all(0 <= count <= 2**43 for count in tokens_of(dialect, usage))
