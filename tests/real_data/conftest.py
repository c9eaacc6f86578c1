"""One warehouse of all real data sets: each set is a brand, as companies with several brands have it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from connectors.ecb import DAILY_RATE
from pipelines.lake import Lake
from tests.real_data.data_sets import CDNOW, DATA, FACEBOOK, GA4, RETAIL, ROBYN, mappings
from tests.warehouse import Warehouse, build, once

NIGHT = date(2024, 10, 31)
"""The last day of the newest set."""
FOREIGN = {
    "GBP": (date(2009, 11, 30), date(2010, 12, 6)),
    "USD": (date(1996, 12, 30), date(1998, 6, 29)),
}
"""Currencies of the sets, with the first and last Monday on which they get a rate."""


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "real_data", lambda folder: build(folder, _document(), NIGHT, fill=_rates_of_one))


def _document() -> dict[str, Any]:
    accounts = [
        mapping | {"brand": _brand(data_set, mapping), "path": str(DATA / mapping["path"])}
        for data_set in (RETAIL, FACEBOOK, GA4, ROBYN, CDNOW)
        for mapping in mappings(data_set)
    ]
    kpis = Path(__file__).with_name("kpis.yaml").read_text(encoding="utf-8")
    return {"platforms": {"files": {"accounts": accounts}}, "kpis": yaml.safe_load(kpis)}


def _brand(data_set: str, mapping: dict[str, Any]) -> str:
    """The mappings of a shop belong together; those of the other sets are readings that must not be added up."""
    return str(mapping["id"]) if data_set in (FACEBOOK, GA4) else data_set


def _rates_of_one(lake: Lake) -> None:
    """Rates that never were: one unit per euro, so that amounts in EUR are the published ones in GBP and USD.

    The ECB's own would do for GBP (they start in 1999), but no published figure is in EUR; for USD in 1997 there are
    none, as there was no euro. One a week will do: a rate stands for the days after it.
    """
    for currency, (first, last) in FOREIGN.items():
        for week in range((last - first).days // 7 + 1):
            day = first + timedelta(weeks=week)
            row = {"account_id": "ecb", "date": day, "currency": currency, "units_per_eur": Decimal(1)}
            table = pa.Table.from_pylist([row], schema=DAILY_RATE.schema)
            lake.write("ecb", DAILY_RATE.name, day, DAILY_RATE.schema, table.to_batches())
