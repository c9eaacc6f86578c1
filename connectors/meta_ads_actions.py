"""Conversions out of the lists `actions` and `action_values` of an insights row.

    "actions": [{"action_type": "omni_purchase", "value": "7", "7d_click": "6", "1d_view": "1"}, …]

Meta shows one purchase under several action types at once, so one type is read and types are never added up.
Source: https://developers.facebook.com/docs/marketing-api/reference/ads-action-stats
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WINDOWS = ("1d_click", "7d_click", "1d_view")
"""What is asked for beside `value`, which follows the attribution setting of the ad set."""
PURCHASE = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
LEAD = ("lead", "onsite_conversion.lead_grouped")
"""Action types of one kind of conversion, widest first: the first that a row has is the row's."""

Entry = Mapping[str, Any] | str


@dataclass(frozen=True)
class Conversions:
    """A row's entries of one action type, in `actions` and `action_values`; a text in place of what is no entry."""

    counted: Entry
    valued: Entry

    @classmethod
    def of(cls, row: Mapping[str, Any], types: tuple[str, ...]) -> Conversions:
        """Those of the row's first type: the same one for count and value.

        >>> actions = [{"action_type": "purchase", "value": "7"}, {"action_type": "omni_purchase", "value": "8"}]
        >>> Conversions.of({"actions": actions}, PURCHASE).count
        '8'
        """
        counts, values = _entries(row.get("actions"), types), _entries(row.get("action_values"), types)
        chosen = next((kind for kind in types if kind in counts or kind in values), "")
        return cls(counts.get(chosen, {}), values.get(chosen, {}))

    @property
    def count(self) -> Any:
        """How many. Meta leaves out what is empty: without an entry it is 0, as the row was sent, hence counted."""
        return _figure(self.counted, "value", "0")

    @property
    def value(self) -> Any:
        """What they brought; 0 as well where Meta sends none, as of purchases without an amount."""
        return _figure(self.valued, "value", "0")

    def within(self, window: str) -> Any:
        """How many of them within an attribution window.

        One that is left out beside another one is 0. Conversions without any window were not split up (those that
        Meta models, or attributes by another window than we ask for), so how many fall into this one is unknown.
        """
        split = any(_figure(self.counted, name) is not None for name in WINDOWS)
        return _figure(self.counted, window, "0" if split or _is_zero(self.count) else None)


def _entries(actions: Any, types: tuple[str, ...]) -> dict[str, Entry]:
    """The entries of the wanted types. What is no list of entries is told as a text, which no number column takes."""
    if actions is None:
        return {}
    if not isinstance(actions, list) or not all(isinstance(entry, dict) for entry in actions):
        return dict.fromkeys(types, f"no list of actions: {actions}")
    return {kind: entry for entry in actions if (kind := entry.get("action_type")) in types}


def _figure(entry: Entry, key: str, empty: str | None = None) -> Any:
    told = entry if isinstance(entry, str) else entry.get(key)
    return empty if told is None else told


def _is_zero(figure: Any) -> bool:
    return not str(figure).strip("0.")
