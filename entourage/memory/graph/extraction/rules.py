"""What a text speaks of, by rules: quick, the same every time, and without a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from entourage.memory.graph.extraction.found import (
    MAX_CONCEPTS,
    MAX_RELATIONS,
    Concept,
    Extracted,
    MemoryText,
    Relation,
)
from entourage.memory.graph.extraction.names import Mention, mentions
from entourage.memory.graph.extraction.relations import relation_of
from entourage.memory.graph.naming import concept_id, shown_name


def by_rules(memory: MemoryText) -> Extracted:
    """Names, tags, and what the words between two names say."""
    found = _trusted(memory.text, mentions(memory.text))
    names: dict[str, str] = {concept_id(tag): tag for tag in memory.tags}
    counts = Counter(names.keys())
    for mention in found:
        key = concept_id(mention.name)
        names.setdefault(key, mention.name)
        counts[key] += 1
    kept = [key for key, _ in counts.most_common(MAX_CONCEPTS)]
    concepts = [Concept(key, shown_name(names[key], key), counts[key]) for key in kept]
    return Extracted(concepts, _relations(memory.text, found, set(kept)))


def _trusted(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Those that are names for sure, and words that begin a sentence which says how they hang together with a name."""
    kept: list[Mention] = []
    for mention, following in zip(found, [*found[1:], None], strict=False):
        said = relation_of(text[mention.end : following.start]) if following else None
        if mention.is_sure or (following and following.is_sure and said and said[0] != "RELATED_TO"):
            kept.append(mention)
    return kept


def _relations(text: str, found: Sequence[Mention], kept: set[str]) -> list[Relation]:
    relations: dict[Relation, None] = {}
    for one, other in pairwise(found):
        said = relation_of(text[one.end : other.start])
        source, target = concept_id(one.name), concept_id(other.name)
        if said is None or source == target or not {source, target} <= kept:
            continue
        label, is_backwards = said
        relations[Relation(target, label, source) if is_backwards else Relation(source, label, target)] = None
    return list(relations)[:MAX_RELATIONS]
