"""The two tables of a night, for dbt's Python models: relations of DuckDB in, Arrow tables out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.clv.tables import CUSTOMERS, FITS
from pipelines.clv.terms import MONTHS, Terms

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

_TERMS = "clv_gross_margin, clv_horizon_months, clv_discount_rate"


def fits(bookings: DuckDBPyRelation, days: Collection[date], night: DuckDBPyRelation) -> pa.Table:
    """FITS of these days. bookings: the model `customer_bookings`. night: the one row of `stg_kompas__night`."""
    margin, months, rate = night.select(_TERMS).fetchone() or (None,) * 3
    if margin is None:
        return FITS.empty_table()
    # SciPy takes half a second to load, which a company without these KPIs need not wait for.
    from pipelines.clv.warehouse import brand_fits  # noqa: PLC0415

    return brand_fits(bookings.to_arrow_table(), days, Terms(margin, months / MONTHS, rate))


def customers(bookings: DuckDBPyRelation, fits: DuckDBPyRelation, night: DuckDBPyRelation) -> pa.Table:
    """CUSTOMERS of the night's own day, by the models of `clv_fit`."""
    (run_day,) = night.select("run_day").fetchone() or (None,)
    newest = fits.to_arrow_table()
    newest = newest.filter(pc.equal(newest["through_day"], pa.scalar(run_day, pa.date32())))
    if newest.num_rows == 0:
        return CUSTOMERS.empty_table()
    from pipelines.clv.warehouse import customer_values  # noqa: PLC0415

    return customer_values(bookings.to_arrow_table(), newest)
