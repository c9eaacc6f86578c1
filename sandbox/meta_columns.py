"""How each insights field is written: a text, a list of actions, or nothing (None, []), which is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta_data import ACCOUNT_ID, ACCOUNT_NAME, CURRENCY
from sandbox.meta_slice import Slice, number_text

ATTRIBUTION = "7d_click_1d_view"


def _ratio(top: float, bottom: float) -> str | None:
    return f"{top / bottom:.6f}" if bottom else None


def _outbound_clicks(part: Slice) -> list[dict[str, str]]:
    clicks = part.total("link_clicks")
    return [{"action_type": "outbound_click", "value": str(clicks)}] if clicks else []


def _purchase_roas(part: Slice) -> list[dict[str, str]]:
    earned = part.action("purchase", "value").get("value", "0")
    roas = _ratio(float(earned), float(part.spend))
    return [{"action_type": "omni_purchase", "value": roas}] if roas and float(earned) else []


COLUMNS: dict[str, Callable[[Slice], Any]] = {
    "account_currency": lambda _part: CURRENCY,
    "account_id": lambda _part: ACCOUNT_ID,
    "account_name": lambda _part: ACCOUNT_NAME,
    "action_values": lambda part: part.actions("value"),
    "actions": lambda part: part.actions("count"),
    "attribution_setting": lambda _part: ATTRIBUTION,
    "campaign_id": lambda part: part.campaign and part.campaign.id,
    "campaign_name": lambda part: part.campaign and part.campaign.name,
    "clicks": lambda part: str(part.total("clicks")),
    "conversions": lambda _part: None,
    "cpc": lambda part: _ratio(float(part.spend), part.total("clicks")),
    "cpm": lambda part: _ratio(1000 * float(part.spend), part.total("impressions")),
    "ctr": lambda part: _ratio(100 * part.total("clicks"), part.total("impressions")),
    "date_start": lambda part: str(part.first),
    "date_stop": lambda part: str(part.last),
    "frequency": lambda part: _ratio(part.total("impressions"), part.reach),
    "impressions": lambda part: str(part.total("impressions")),
    "inline_link_clicks": lambda part: str(part.total("link_clicks")),
    "objective": lambda part: part.campaign and part.campaign.objective,
    "outbound_clicks": _outbound_clicks,
    "purchase_roas": _purchase_roas,
    "reach": lambda part: str(part.reach),
    "spend": lambda part: number_text(part.spend),
}
