"""BG/NBD: how often customers will buy again, and whether they still are customers.

While he is one, a customer buys at a rate of his own; after each purchase he leaves with a probability of his own. The
rates are spread over the customers as Gamma(r, alpha), the probabilities as Beta(a, b). Source: Fader, Hardie & Lee
(2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284; its equation numbers are below.

frequency: purchases after the first one (x); recency: from the first to the last one (t_x); age: from the first one to
now (T). Arrays are (n,); times are in one unit, weeks here, and alpha is in it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, expit, gammaln, hyp2f1

from pipelines.clv.maximum import maximise, refuse_the_lowest
from pipelines.clv.no_figure import NoFigureError, Reason

Reals = NDArray[np.float64]
MINIMUM_REPEATERS = 200
"""Customers who came back, without whom there is no fit. In samples of CDNOW the purchases expected over five years lie
within a factor of 2 of those of the whole with 100 of them, mostly within a third with 200, and a quarter with 400."""
MINIMUM_DROPOUT = 1e-3
"""Mean probability to leave after a purchase, below which a forecast would have everyone stay for ever."""
_BOUNDS = ((1e-4, 1e2), (1e-4, 1e4), (1e-4, 1e2), (1e-4, 1e2))
"""Of r, alpha in mean ages, a and b. At 100 customers are as good as equal, and SciPy's 2F1 still holds everywhere."""
_STARTS = ((0.5, 0.5, 0.5, 2.0), (1.0, 1.0, 1.0, 1.0), (0.2, 0.1, 0.1, 5.0))
_TERMS = 1000
_SINGULAR = 1e-6


@dataclass(frozen=True)
class Bgnbd:
    """Rates ~ Gamma(r, alpha weeks), probabilities to leave ~ Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def log_likelihood(model: Bgnbd, frequency: Reals, recency: Reals, age: Reals) -> Reals:
    """(n,) log-likelihood of each customer (equation 6), without the factorials that hold no parameter."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    rate = gammaln(r + frequency) - gammaln(r) + r * np.log(alpha)
    dropout = gammaln(a + b) + gammaln(b + frequency) - gammaln(b) - gammaln(a + b + frequency)
    stayed = -(r + frequency) * np.log(alpha + age)
    # log(1 + left / stayed), where `left` may be larger by any number of digits.
    likelihood: Reals = rate + dropout + stayed + np.logaddexp(0.0, _log_odds_left(model, frequency, recency, age))
    return likelihood


def gradient(model: Bgnbd, frequency: Reals, recency: Reals, age: Reals) -> Reals:
    """(4, n) derivative of `log_likelihood` by r, alpha, a and b."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    left = expit(_log_odds_left(model, frequency, recency, age))
    waited = (1 - left) * np.log(alpha + age) + left * np.log(alpha + recency)
    per_time = (1 - left) / (alpha + age) + left / (alpha + recency)
    purchases = digamma(a + b) - digamma(a + b + frequency)
    by_r = digamma(r + frequency) - digamma(r) + np.log(alpha) - waited
    by_alpha = r / alpha - (r + frequency) * per_time
    by_a = purchases + left / a
    by_b = purchases + digamma(b + frequency) - digamma(b) - left / (b + np.maximum(frequency, 1.0) - 1)
    return np.stack((by_r, by_alpha, by_a, by_b))


def fit(frequency: Reals, recency: Reals, age: Reals, minimum_repeaters: int = MINIMUM_REPEATERS) -> Bgnbd:
    """The model that makes these customers likeliest. The same customers give the same model, in any order.

    Raises ValueError for a customer who cannot be (a purchase after today), and NoFigureError where fewer than
    `minimum_repeaters` came back, where nobody is seen to leave, or where the likelihood has no maximum.
    """
    _check(frequency, recency, age)
    repeaters = int(np.sum(frequency > 0))
    if repeaters < minimum_repeaters or repeaters == 0:
        message = f"{repeaters} customers came back, and {minimum_repeaters} are needed"
        raise NoFigureError(Reason.TOO_FEW_REPEAT_CUSTOMERS, message)
    return _fit(np.stack((frequency, recency, age), axis=1))


def _fit(customers: Reals) -> Bgnbd:
    """Time is counted in the mean age of a customer, and equal customers once: most bought once, on few days."""
    (x, t_x, t), count = _distinct(customers)
    unit = float(np.average(t, weights=count))
    weights = count / count.sum()

    def likelihood(parameters: Reals) -> tuple[float, Reals]:
        told = Bgnbd(*parameters), x, t_x / unit, t / unit
        return float(log_likelihood(*told) @ weights), gradient(*told) @ weights

    best = maximise(likelihood, _STARTS, _BOUNDS)
    r, alpha, a, b = best.tolist()
    if a / (a + b) < MINIMUM_DROPOUT:
        raise NoFigureError(Reason.NO_DROPOUT_SEEN, "nobody is seen to leave: the history is too short to tell")
    refuse_the_lowest(best, _BOUNDS)
    return Bgnbd(r, alpha * unit, a, b)


def _distinct(customers: Reals) -> tuple[Reals, NDArray[np.int64]]:
    distinct, count = np.unique(customers, axis=0, return_counts=True)
    return distinct.T, count


def probability_alive(model: Bgnbd, frequency: Reals, recency: Reals, age: Reals) -> Reals:
    """(n,) probability, 0 to 1, that a customer still is one; 1 for who bought once, as one leaves after a comeback.

    Source: Fader, Hardie & Lee (2008), Computing P(alive) Using the BG/NBD Model.
    """
    alive: Reals = expit(-_log_odds_left(model, frequency, recency, age))
    return alive


def expected_if_alive(model: Bgnbd, frequency: Reals, age: Reals, time: float | Reals) -> Reals:
    """(n,) purchases expected within `time` from now of customers who still are customers.

    That is equation 10 without its denominator. Euler's transformation turns its 2F1 into one whose parameters stay
    small however often a customer bought: no digits are lost, and nothing overflows.
    """
    a, c = _regular(model.a, 1.0), _regular(model.a + model.b + frequency, 1.0)
    remaining = (model.alpha + age) / (model.alpha + age + time)
    still = remaining ** (a - 1) * _hyp2f1(model.a + model.b - 1 - model.r, a - 1, c - 1, 1 - remaining)
    expected: Reals = (c - 1) / (a - 1) * (1 - still)
    return np.maximum(expected, 0.0)


def expected_purchases(model: Bgnbd, frequency: Reals, recency: Reals, age: Reals, time: float | Reals) -> Reals:
    """(n,) purchases expected within `time` from now (equation 10). With zeros for all three: of a new customer."""
    return probability_alive(model, frequency, recency, age) * expected_if_alive(model, frequency, age, time)


def _hyp2f1(a: float | Reals, b: float | Reals, c: float | Reals, z: float | Reals) -> Reals:
    """SciPy's 2F1, and its power series where SciPy has no answer (1.17 gives NaN for some c of several hundred).

    There every factor of a term is below z, so the terms that are left out add nothing to a double.
    """
    told: Reals = np.asarray(hyp2f1(a, b, c, z))
    if not np.any(np.isnan(told)):
        return told
    term = total = np.ones_like(told)
    for k in range(_TERMS):
        term = term * (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total = total + term
    return np.where(np.isnan(told), total, told)


def _log_odds_left(model: Bgnbd, frequency: Reals, recency: Reals, age: Reals) -> Reals:
    """(n,) log-odds that the customer left after the last purchase; minus infinity where there was no second one."""
    repeats = np.maximum(frequency, 1.0)
    silence = (model.r + repeats) * (np.log(model.alpha + age) - np.log(model.alpha + recency))
    odds = np.log(model.a) - np.log(model.b + repeats - 1) + silence
    return np.where(frequency > 0, odds, -np.inf)


def _regular(value: float | Reals, singular: float) -> Reals:
    """The value, or one beside it where the formula has a hole (0/0) that its limit fills."""
    return np.where(np.abs(value - singular) < _SINGULAR, singular + _SINGULAR, value)


def _check(frequency: Reals, recency: Reals, age: Reals) -> None:
    good = (frequency >= 0) & (recency >= 0) & (recency <= age) & ((frequency > 0) | (recency == 0))
    if not np.all(good):
        raise ValueError("frequency is 0 or more, recency is between 0 and age, and 0 where frequency is")
