"""What falls in one insights row, added up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandbox.meta_data import Campaign, Conversion, Delivery

AUDIENCE = 600_000
ACTION_TYPES: dict[str, tuple[str, ...]] = {
    "purchase": ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"),
    "lead": ("lead", "offsite_conversion.fb_pixel_lead"),
}
"""The overlapping action types under which Meta shows one action of the world."""
_CLICK_DAYS = {"1d_click": 1, "7d_click": 7, "28d_click": 28}
_CENT = Decimal("0.01")


@dataclass
class Slice:
    """One campaign (None: the whole account) on the days first to last, with the window keys that are asked for."""

    campaign: Campaign | None
    first: date
    last: date
    windows: tuple[str, ...]
    deliveries: list[Delivery] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Sum of a count of delivery."""
        return sum(getattr(item, name) for item in self.deliveries)

    @property
    def spend(self) -> Decimal:
        """In the account's currency, to the cent."""
        return sum((item.spend for item in self.deliveries), Decimal(0)).quantize(_CENT)

    @property
    def reach(self) -> int:
        """People reached at least once: over days or campaigns an estimate, as if each drew people at random."""
        if len(self.deliveries) == 1:
            return self.deliveries[0].reach
        missed = math.prod(1 - min(item.reach, AUDIENCE) / AUDIENCE for item in self.deliveries)
        return round(AUDIENCE * (1 - missed))

    def actions(self, measure: str) -> list[dict[str, str]]:
        """`actions` (measure count) or `action_values` (measure value)."""
        found: list[dict[str, str]] = []
        for action, types in ACTION_TYPES.items():
            if entry := self.action(action, measure):
                found.extend({"action_type": kind} | entry for kind in types)
        clicks = self.total("link_clicks")
        if measure == "count" and clicks:
            found.append({"action_type": "link_click", "value": str(clicks)})
        return found

    def action(self, action: str, measure: str) -> dict[str, str]:
        """`value` (7-day click + 1-day view) and the asked windows of one action; empty without conversions."""
        mine = [item for item in self.conversions if item.action == action]
        sums = {name: _sum(mine, name, measure) for name in (*_CLICK_DAYS, "1d_view")}
        sums["default"] = sums["7d_click"] + sums["1d_view"]
        told = {name: number_text(sums[name]) for name in self.windows if sums.get(name)}
        return {"value": number_text(sums["default"])} | told if sums["default"] or told else {}


def _sum(conversions: Iterable[Conversion], window: str, measure: str) -> Decimal:
    amounts = (Decimal(str(getattr(item, measure))) for item in conversions if _in_window(item, window))
    return sum(amounts, Decimal(0))


def _in_window(item: Conversion, window: str) -> bool:
    if window == "1d_view":
        return item.viewed and item.lag_days <= 1
    return not item.viewed and item.lag_days <= _CLICK_DAYS[window]


def number_text(amount: Decimal) -> str:
    """Without trailing zeros and never in exponent form: 7, 560.4."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
