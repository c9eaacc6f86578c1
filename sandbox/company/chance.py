"""Random numbers that are a function of what they are drawn for, not of the order of drawing.

A draw is `hash(seed, topic, id)`: the same visit gets the same fate whatever was simulated before it, in whatever
chunks. That is what keeps the past unchanged when the simulation goes further.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NULL = int(np.iinfo(np.int64).min)
"""Stands for NULL in columns of whole numbers and moments."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


class Chance:
    """Draws for one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, topic: str, ids: Any) -> NDArray[np.uint64]:
        """64 mixed bits for each id (splitmix64)."""
        key = np.uint64(zlib.crc32(f"{self._seed}/{topic}".encode()) * 0x100000001 % 2**64)
        bits = (np.asarray(ids, np.int64).astype(np.uint64) + key) * _GOLDEN
        bits ^= bits >> np.uint64(30)
        bits *= _MIX_1
        bits ^= bits >> np.uint64(27)
        bits *= _MIX_2
        bits ^= bits >> np.uint64(31)
        return bits

    def unit(self, topic: str, ids: Any) -> Floats:
        """Uniform in [0, 1) for each id."""
        unit: Floats = (self.bits(topic, ids) >> np.uint64(11)).astype(np.float64) * _TO_UNIT
        return unit

    def steps(self, topic: str, ids: Any) -> Ints:
        """Uniform whole numbers below 2**32."""
        return (self.bits(topic, ids) >> np.uint64(32)).astype(np.int64)

    def normal(self, topic: str, ids: Any) -> Floats:
        """Standard normal for each id (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.unit(topic + "/radius", ids)))
        wave: Floats = radius * np.cos(2 * np.pi * self.unit(topic + "/angle", ids))
        return wave

    def hits(self, topic: str, ids: Any, probability: Any) -> Bools:
        """True with the given probability (scalar or per id)."""
        hits: Bools = self.unit(topic, ids) < probability
        return hits

    def waits(self, topic: str, ids: Any, mean: Any) -> Floats:
        """Exponential with the given mean."""
        waits: Floats = -np.log1p(-self.unit(topic, ids)) * mean
        return waits

    def choice(self, topic: str, ids: Any, weights: Any) -> Ints:
        """Index into weights, drawn in proportion to them."""
        cumulated = np.cumsum(np.asarray(weights, np.float64))
        picks = np.searchsorted(cumulated, self.unit(topic, ids) * cumulated[-1], side="right")
        return np.minimum(picks, len(cumulated) - 1).astype(np.int64)

    def whole(self, topic: str, ids: Any, expected: Any) -> Ints:
        """A whole number next to `expected`, with that mean: 2.3 gives 3 in three of ten cases."""
        return np.floor(np.asarray(expected) + self.unit(topic, ids)).astype(np.int64)

    def binomial(self, topic: str, ids: Any, tries: Ints, probability: Any) -> Ints:
        """Successes in a few tries each (loops over the largest number of tries)."""
        hits = np.zeros(len(tries), np.int64)
        for attempt in range(int(tries.max(initial=0))):
            hits += (attempt < tries) & self.hits(f"{topic}/{attempt}", ids, probability)
        return hits
