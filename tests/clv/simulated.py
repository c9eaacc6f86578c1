"""Customers who behave exactly as the models say, with parameters that are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.clv.bgnbd import Bgnbd
from pipelines.clv.gamma_gamma import GammaGamma

Reals = NDArray[np.float64]
BUYERS = Bgnbd(r=0.6, alpha=6.0, a=0.9, b=3.0)
SPENDERS = GammaGamma(p=5.0, q=4.0, v=60.0)


def purchases(model: Bgnbd, count: int, seed: int, weeks: float = 104.0) -> tuple[Reals, Reals, Reals]:
    """frequency, recency and age of customers who came in the first half of these weeks."""
    chance = np.random.default_rng(seed)
    rate, leaves = chance.gamma(model.r, 1 / model.alpha, count), chance.beta(model.a, model.b, count)
    age = chance.uniform(weeks / 2, weeks, count)
    frequency, recency, now = np.zeros(count), np.zeros(count), np.zeros(count)
    buys = np.ones(count, bool)
    while buys.any():
        now = now + chance.exponential(1 / np.maximum(rate, 1e-12))
        buys &= now <= age
        frequency, recency = frequency + buys, np.where(buys, now, recency)
        buys &= chance.random(count) > leaves
    return frequency, recency, age


def mean_values(model: GammaGamma, frequency: Reals, seed: int) -> Reals:
    """Mean amount of each customer's purchases; 0 where there is none."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(model.q, 1 / model.v, len(frequency))
    shape = np.maximum(model.p * frequency, 1e-9)
    return np.where(frequency > 0, chance.gamma(shape) / rate / np.maximum(frequency, 1), 0.0)
