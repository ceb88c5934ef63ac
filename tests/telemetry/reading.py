"""Reading metrics as a scraper does."""

from __future__ import annotations

import subprocess

from prometheus_client.parser import text_string_to_metric_families

from entourage.telemetry.feed import EventFeed
from tests.world import Person, World


def promtool(*arguments: str, given: str = "") -> tuple[int, str]:
    """What promtool ends with, and what it has to say."""
    done = subprocess.run(["promtool", *arguments], input=given, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def scrape(world: World, person: Person) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels, with all events read."""
    world.services.get(EventFeed).drain()
    text = (await person.client.get("/metrics")).text
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(samples: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    """One sample; 0 when it is not there."""
    return samples.get((name, frozenset(labels.items())), 0)
