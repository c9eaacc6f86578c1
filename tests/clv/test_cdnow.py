"""The published fits and predictions on CDNOW, to the digits in which they are printed."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.clv import bgnbd, gamma_gamma, value
from pipelines.clv.bgnbd import Bgnbd
from pipelines.clv.gamma_gamma import GammaGamma
from pipelines.clv.rfm import Rfm, Transactions, summarise
from tests.real_data.data_sets import CDNOW, DATA, needs_data, reference, result

pytestmark = needs_data
END = date(1997, 9, 30)
PUBLISHED = Bgnbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
PUBLISHED_SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
Reals = NDArray[np.float64]


def columns(name: str) -> dict[str, NDArray[Any]]:
    told = duckdb.sql(f"from read_csv('{DATA / CDNOW / name}', types = {{'customer_id': 'VARCHAR'}})").fetchnumpy()
    return {name: np.asarray(column) for name, column in told.items()}


@cache
def summary() -> Rfm:
    """The published summary, with times to two digits."""
    told = columns("rfm_calibration_39w.csv")
    x, t_x, age, mean = (told[name].astype(float) for name in ("x", "t_x", "T", "zbar"))
    return Rfm(told["customer_id"], np.full(len(x), END, "datetime64[D]"), x, t_x, age, mean)


@cache
def purchases() -> Bgnbd:
    return bgnbd.fit(summary().frequency, summary().recency, summary().age)


@cache
def spend() -> GammaGamma:
    return gamma_gamma.fit(summary().frequency, summary().mean_value)


@cache
def predictions() -> dict[str, NDArray[Any]]:
    return columns("reference_customer_predictions.csv")


def test_the_summary_is_the_published_one() -> None:
    told = duckdb.sql(f"select * from '{DATA / CDNOW / 'cdnow_sample.parquet'}'").fetchnumpy()
    made = summarise(Transactions(np.asarray(told["customer_id"]).astype(str), told["date"], told["spent"]), END)
    assert made.customer.tolist() == summary().customer.tolist()
    assert made.frequency.tolist() == summary().frequency.tolist()
    assert np.round(made.recency, 2) == pytest.approx(summary().recency)
    assert np.round(made.age, 2) == pytest.approx(summary().age)
    assert made.mean_value == pytest.approx(summary().mean_value)
    assert int(np.sum(made.frequency > 0)) == result(CDNOW, "rfm_39w")["repeaters"]


def test_the_purchase_model_is_the_published_one() -> None:
    assert astuple(purchases()) == pytest.approx(astuple(PUBLISHED), abs=0.0005)
    likelihood = bgnbd.log_likelihood(purchases(), summary().frequency, summary().recency, summary().age).sum()
    assert round(likelihood, 1) == -9582.4


def test_the_purchase_model_is_the_maximum_that_others_found() -> None:
    told = reference(CDNOW)["bgnbd_mle"]
    assert astuple(purchases()) == pytest.approx([told[name] for name in ("r", "alpha", "a", "b")], rel=1e-5)


def test_the_spend_model_is_the_published_one() -> None:
    told = reference(CDNOW)["gamma_gamma_mle_on_our_rfm"]
    assert astuple(spend()) == pytest.approx(astuple(PUBLISHED_SPEND), abs=0.005)
    assert astuple(spend()) == pytest.approx([told[name] for name in ("p", "q", "v")], rel=1e-5)


def test_a_new_customer_buys_as_published() -> None:
    nothing = np.zeros(6)
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    made = bgnbd.expected_purchases(purchases(), nothing, nothing, nothing, weeks)
    assert made == pytest.approx(reference(CDNOW)["check_EX"], rel=1e-5)


def test_a_customer_of_two_comebacks_buys_as_published() -> None:
    x, t_x, age = np.array([[2.0], [30.43], [38.86]])
    assert bgnbd.expected_purchases(PUBLISHED, x, t_x, age, 39.0) == pytest.approx([1.226], abs=0.0005)


def test_each_customer_is_as_alive_as_the_reference_says() -> None:
    made = bgnbd.probability_alive(purchases(), summary().frequency, summary().recency, summary().age)
    assert made == pytest.approx(predictions()["p_alive"], abs=2e-6)


def test_each_customer_buys_as_the_reference_says() -> None:
    made = bgnbd.expected_purchases(purchases(), summary().frequency, summary().recency, summary().age, 39.0)
    assert made == pytest.approx(predictions()["exp_y39"], abs=2e-6)
    assert made.sum() == pytest.approx(reference(CDNOW)["sum_expected_purchases_next39w"], rel=1e-5)


def test_each_customer_spends_as_the_reference_says() -> None:
    made = gamma_gamma.expected_value(PUBLISHED_SPEND, summary().frequency, summary().mean_value)
    assert made == pytest.approx(predictions()["exp_spend"], abs=1e-6)


def test_each_customer_is_worth_what_the_reference_says() -> None:
    """Twelve months of 4.345 weeks, at 1 % a month."""
    weights = 1.01 ** -np.arange(1.0, 13.0)[np.newaxis]
    (made,) = value.weighted_purchases(purchases(), summary(), 4.345, weights)
    worth = made * gamma_gamma.expected_value(PUBLISHED_SPEND, summary().frequency, summary().mean_value)
    assert worth == pytest.approx(predictions()["clv12m_d1pct"], rel=1e-5, abs=1e-5)
    assert worth.sum() == pytest.approx(reference(CDNOW)["sum_clv_12_months_monthly_discount_1pct"], rel=1e-5)


def test_the_purchases_that_came_are_near_those_that_were_expected() -> None:
    """The model's own error on this set: 12 % too few in the 39 weeks that followed."""
    made = bgnbd.expected_purchases(purchases(), summary().frequency, summary().recency, summary().age, 39.0)
    assert made.sum() == pytest.approx(predictions()["actual_y39"].sum(), rel=0.15)
