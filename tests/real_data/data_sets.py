"""The real data sets beside the project, or where $KOMPAS_SHARED says: their mappings and the figures known of them.

The data is not part of the project. Each set has a reference.json with figures that others published or that SQL gives.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

REPO = Path(__file__).parents[2]
DATA = Path(os.environ.get("KOMPAS_SHARED", REPO.parent / "shared")) / "data"
MAPPINGS = REPO / "tests" / "real_data" / "mappings"
RETAIL, FACEBOOK, GA4, ROBYN, CDNOW = (
    "online_retail_ii",
    "uci_facebook_metrics",
    "analytics_usa_gov_ga4",
    "robyn_simulated_weekly",
    "cdnow",
)

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not here")


def mappings(data_set: str) -> list[dict[str, Any]]:
    """The accounts of `files` that read the set; paths count from DATA."""
    return yaml.safe_load((MAPPINGS / f"{data_set}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def reference(data_set: str) -> Any:
    return json.loads((DATA / data_set / "reference.json").read_text(encoding="utf-8"))


def result(data_set: str, name: str) -> Any:
    return reference(data_set)["reference"][name]["result"]
