"""What `kompas init` writes: the commented template, with the KPIs of a sector."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

DEFAULT = "ecommerce"
_KPIS = "\nkpis:\n"
_TEXTS = ("objective", "owner", "reason")


@cache
def presets() -> dict[str, list[dict[str, Any]]]:
    """The KPIs of each sector, as sectors.yaml lists them."""
    presets: dict[str, list[dict[str, Any]]] = yaml.safe_load(_read("sectors.yaml"))
    return presets


def template(sector: str) -> str:
    """The text of a new kompas.yaml for a sector. What stands above the KPIs, comments and all, is the same for all."""
    above, _ = _read("kompas.template.yaml").split(_KPIS)
    return above + _KPIS + "".join(map(_entry, presets()[sector]))


def _entry(kpi: dict[str, Any]) -> str:
    texts = "".join(f"    {name}: {kpi[name]}\n" for name in _TEXTS if name in kpi)
    target = f"{{grain: {kpi.get('grain', 'month')}, from: 2026-01-01, target: {kpi['target']}}}"
    return f"  - id: {kpi['id']}\n{texts}    targets:\n      - {target}\n"


def _read(name: str) -> str:
    return resources.files("pipelines").joinpath(name).read_text(encoding="utf-8")
