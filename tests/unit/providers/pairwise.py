"""Combinations of values in which each pair of values occurs at least once, from a greedy, seeded search."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any

_TRIES = 12


def pairwise(values: Mapping[str, Sequence[Any]], *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield dicts with one value per name. Each pair of values of two names is in one of them, or in several."""
    random, names = Random(seed), list(values)
    open_pairs = {
        (one, i, other, j)
        for one, other in combinations(names, 2)
        for i in range(len(values[one]))
        for j in range(len(values[other]))
    }
    while open_pairs:
        one, i, other, j = min(open_pairs)
        tries = [
            {name: random.randrange(len(values[name])) for name in names} | {one: i, other: j} for _ in range(_TRIES)
        ]
        best = max(tries, key=lambda it: len(_pairs(it, names) & open_pairs))
        open_pairs -= _pairs(best, names)
        yield {name: values[name][index] for name, index in best.items()}


def _pairs(indexes: Mapping[str, int], names: Sequence[str]) -> set[tuple[str, int, str, int]]:
    return {(one, indexes[one], other, indexes[other]) for one, other in combinations(names, 2)}
