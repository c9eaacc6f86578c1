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
_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Conversion:
    """Action types that tell of one kind of conversion, widest first: the first that a row has is the row's."""

    types: tuple[str, ...]

    def count(self, row: Mapping[str, Any], key: str = "value") -> Any:
        """How many, as text; `key` names an attribution window."""
        return _told(self._entry(row, "actions"), key)

    def value(self, row: Mapping[str, Any]) -> Any:
        """What they brought, as text, in the account's currency."""
        return _told(self._entry(row, "action_values"), "value")

    def _entry(self, row: Mapping[str, Any], name: str) -> Any:
        """The entry of the row's type, which is one for counts and values; empty without one."""
        lists = {each: _by_type(row.get(each)) for each in ("actions", "action_values")}
        broken = [each for each in lists.values() if isinstance(each, str)]
        if broken:
            return broken[0]
        told = {kind for each in lists.values() for kind in each}
        chosen = next((kind for kind in self.types if kind in told), "")
        return lists[name].get(chosen, _NONE)


PURCHASE = Conversion(("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"))
LEAD = Conversion(("lead", "onsite_conversion.lead_grouped"))


def _by_type(actions: Any) -> Any:
    """Entries by action type; a text that no number column takes when they are no such list."""
    if actions is None:
        return {}
    if not isinstance(actions, list) or not all(isinstance(entry, dict) for entry in actions):
        return f"no list of actions: {actions}"
    return {entry.get("action_type"): entry for entry in reversed(actions)}


def _told(entry: Any, key: str) -> Any:
    """The figure at a key of an entry.

    Meta leaves out what is empty, so no entry, or an entry without `value`, is 0: the row itself was sent, hence its
    conversions were counted. A window that is left out beside another one is 0 as well. An entry that counts something
    and has no window at all was not split by window, so how many fall in one is unknown.
    """
    if isinstance(entry, str):
        return entry
    told = entry.get(key)
    if told is not None:
        return told
    unsplit = key != "value" and entry.get("value", "0") != "0" and not any(window in entry for window in WINDOWS)
    return None if unsplit else "0"
