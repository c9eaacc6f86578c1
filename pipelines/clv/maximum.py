"""The maximum of a likelihood whose parameters are all positive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipelines.clv.no_figure import NoFigureError, Reason

Reals = NDArray[np.float64]
Likelihood = Callable[[Reals], tuple[float, Reals]]
"""Parameters -> the mean log-likelihood of a customer, so that the tolerances below hold for any number of them, and
its derivative by each parameter."""
_GRADIENT = 1e-4
"""The slope of the likelihood over the logarithm of a parameter, at which a maximum is one."""
_OPTIONS = {"maxiter": 500, "maxfun": 20_000, "ftol": 1e-15, "gtol": 1e-8}


def maximise(likelihood: Likelihood, starts: Sequence[Sequence[float]], bounds: Sequence[tuple[float, float]]) -> Reals:
    """The parameters of the highest of the maxima that are reached from `starts`, within `bounds`.

    The search is in the logarithms of the parameters: they stay positive, and a step is a factor. An upper bound may be
    reached: there the customers no longer differ, and a still higher parameter says the same. Raises NoFigureError when
    no start leads to a maximum.
    """
    found = [_from(likelihood, start, bounds) for start in starts]
    reached = [one for one in found if np.isfinite(one.fun) and _is_flat(one, bounds)]
    if not reached:
        raise NoFigureError(Reason.NO_CONVERGENCE, "no maximum of the likelihood was found")
    best: Reals = np.exp(min(reached, key=lambda one: float(one.fun)).x)
    return best


def refuse_the_lowest(parameters: Reals, bounds: Sequence[tuple[float, float]]) -> None:
    """Raises NoFigureError when a parameter sank to its lower bound, where the models mean nothing."""
    if any(value <= low * 1.01 for value, (low, _) in zip(parameters, bounds, strict=True)):
        raise NoFigureError(Reason.NO_CONVERGENCE, f"a parameter sinks to the lower end of its range: {parameters}")


def _from(likelihood: Likelihood, start: Sequence[float], bounds: Sequence[tuple[float, float]]) -> Any:
    def loss(logs: Reals) -> tuple[float, Reals]:
        parameters = np.exp(logs)
        value, slope = likelihood(parameters)
        return -value, -slope * parameters

    return minimize(loss, np.log(start), method="L-BFGS-B", jac=True, bounds=np.log(bounds), options=_OPTIONS)


def _is_flat(one: Any, bounds: Sequence[tuple[float, float]]) -> bool:
    """No slope is left, but for one that leads out of bounds. (L-BFGS-B says "abnormal" of many a good maximum.)"""
    low, high = np.log(bounds).T
    inside = one.x - np.clip(one.x - one.jac, low, high)
    return bool(np.all(np.abs(inside) < _GRADIENT))
