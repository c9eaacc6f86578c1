"""Gamma-Gamma: what a customer spends at a time, as told by few purchases and by all other customers.

Amounts of a customer are spread about his own mean as a Gamma, and the means over the customers as another one, however
often they buy. Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value (brucehardie.com, note 025); its
equation numbers are below. Arrays are (n,); money is in one currency, and v is in it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from pipelines.clv.maximum import maximise, refuse_the_lowest
from pipelines.clv.no_figure import NoFigureError, Reason

Reals = NDArray[np.float64]
MINIMUM_CUSTOMERS = 200
"""Customers with a known amount of a second purchase, without whom there is no fit."""
_BOUNDS = ((1e-3, 1e4), (1e-3, 1e4), (1e-4, 1e6))
_STARTS = ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5), (1.0, 1.5, 1.0))


@dataclass(frozen=True)
class GammaGamma:
    """Amounts ~ Gamma(p, rate), rates of the customers ~ Gamma(q, v)."""

    p: float
    q: float
    v: float

    @property
    def mean_value(self) -> float:
        """What all customers spend at a time, on average; infinite for q <= 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else np.inf


def log_likelihood(model: GammaGamma, frequency: Reals, mean_value: Reals) -> Reals:
    """(n,) log-likelihood of a mean over `frequency` amounts (equation 1a). Both have to be above 0."""
    p, q, v = model.p, model.q, model.v
    total = p * frequency
    normal = gammaln(total + q) - gammaln(total) - gammaln(q)
    own = (total - 1) * np.log(mean_value) + total * np.log(frequency)
    likelihood: Reals = normal + q * np.log(v) + own - (total + q) * np.log(frequency * mean_value + v)
    return likelihood


def gradient(model: GammaGamma, frequency: Reals, mean_value: Reals) -> Reals:
    """(3, n) derivative of `log_likelihood` by p, q and v."""
    p, q, v = model.p, model.q, model.v
    total, spent = p * frequency + q, frequency * mean_value + v
    by_p = frequency * (digamma(total) - digamma(p * frequency) + np.log(frequency * mean_value) - np.log(spent))
    by_q = digamma(total) - digamma(q) + np.log(v) - np.log(spent)
    by_v = q / v - total / spent
    return np.stack((by_p, by_q, by_v))


def fit(frequency: Reals, mean_value: Reals, minimum_customers: int = MINIMUM_CUSTOMERS) -> GammaGamma:
    """The model that makes these amounts likeliest. Customers without a second purchase, and those whose mean is not
    known or not above 0 (all came back), say nothing of it and are left out.

    Raises NoFigureError where fewer than `minimum_customers` are left, where the mean over all customers would be
    infinite (q <= 1), or where the likelihood has no maximum.
    """
    tells = (frequency > 0) & (mean_value > 0)
    count = int(tells.sum())
    if count < minimum_customers or count == 0:
        message = f"{count} customers have amounts of purchases after the first one, and {minimum_customers} are needed"
        raise NoFigureError(Reason.TOO_FEW_REPEAT_CUSTOMERS, message)
    return _fit(frequency[tells], mean_value[tells])


def _fit(frequency: Reals, mean_value: Reals) -> GammaGamma:
    """Money is counted in the mean of these customers: the fit is the same in any currency."""
    unit = float(np.mean(mean_value))

    def likelihood(parameters: Reals) -> tuple[float, Reals]:
        told = GammaGamma(*parameters), frequency, mean_value / unit
        return float(np.mean(log_likelihood(*told))), gradient(*told).mean(axis=1)

    best = maximise(likelihood, _STARTS, _BOUNDS)
    refuse_the_lowest(best, _BOUNDS)
    p, q, v = best.tolist()
    if q <= 1:
        raise NoFigureError(Reason.INFINITE_MEAN_VALUE, "a few amounts are so large that there is no mean of all")
    return GammaGamma(p, q, v * unit)


def expected_value(model: GammaGamma, frequency: Reals, mean_value: Reals) -> Reals:
    """(n,) what each customer is expected to spend at a time (equation 5): between his own mean and that of all.

    A mean below 0 counts as 0; one that is not known (NaN) gives NaN; without a second purchase it is the mean of all.
    """
    own = frequency * np.where(frequency > 0, np.maximum(mean_value, 0.0), 0.0)
    expected: Reals = model.p * (model.v + own) / (model.p * frequency + model.q - 1)
    return expected
