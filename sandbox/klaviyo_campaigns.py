"""Klaviyo's campaigns as /campaigns lists them in revision 2026-07-15: all are e-mails, sent, with one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.company import World
from sandbox.klaviyo_accounts import Account
from sandbox.klaviyo_errors import KlaviyoError
from sandbox.klaviyo_filter import Condition, conditions
from sandbox.klaviyo_reports import MAILINGS

Row = dict[str, Any]
SORTS = ("created_at", "id", "name", "scheduled_at", "updated_at")
_HELD = timedelta(days=1)
"""From writing a campaign to its send."""
_TIMES = ("created_at", "scheduled_at", "updated_at")


def campaigns(world: World, account: Account, wanted: str, sort: str) -> list[Row]:
    """The resources that fit a filter, in an order. Raises KlaviyoError."""
    asked = conditions(wanted)
    channels = [one.value for one in asked if one.field == "messages.channel" and one.operator == "equals"]
    if len(channels) != 1:
        raise KlaviyoError("invalid", "A channel filter is required to list campaigns.", parameter="filter")
    tests = [_test(one) for one in asked]
    rows = world.arrow(MAILINGS + " AND kind = 'campaign'", {"account": account.id, "clock": world.clock}).to_pylist()
    found = [told for told in map(_campaign, rows) if all(test(told) for test in tests)]
    return sorted(found, key=_order(sort), reverse=sort.startswith("-"))


def _order(sort: str) -> Callable[[Row], Any]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise KlaviyoError("invalid", f"'{sort}' is not a valid sort.", parameter="sort")
    return lambda told: (told | told["attributes"])[name]


def _test(one: Condition) -> Callable[[Row], bool]:
    tests: dict[tuple[str, str], Callable[[Row], bool]] = {
        ("id", "any"): lambda told: told["id"] in one.value,
        ("messages.channel", "equals"): lambda _: one.value == "email",
        ("archived", "equals"): lambda told: told["attributes"]["archived"] == one.value,
        ("status", "equals"): lambda told: told["attributes"]["status"] == one.value,
        ("status", "any"): lambda told: told["attributes"]["status"] in one.value,
        ("name", "contains"): lambda told: one.value in told["attributes"]["name"],
    }
    if one.field in _TIMES and one.operator in _COMPARED:
        return _of_time(one)
    if (one.field, one.operator) not in tests:
        raise KlaviyoError("invalid", f"'{one.field}' cannot be filtered by '{one.operator}'.", parameter="filter")
    return tests[one.field, one.operator]


_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {
    "greater-than": datetime.__gt__, "greater-or-equal": datetime.__ge__, "less-than": datetime.__lt__,
    "less-or-equal": datetime.__le__,
}  # fmt: skip


def _of_time(one: Condition) -> Callable[[Row], bool]:
    try:
        bound = datetime.fromisoformat(one.value)
    except (TypeError, ValueError) as error:
        raise KlaviyoError("invalid", f"'{one.value}' is not a valid datetime.", parameter="filter") from error
    bound = bound if bound.tzinfo else bound.replace(tzinfo=UTC)
    compared = _COMPARED[one.operator]
    return lambda told: compared(datetime.fromisoformat(told["attributes"][one.field]), bound)


def _campaign(row: Row) -> Row:
    sent_at = row["sent_at"].replace(tzinfo=UTC)
    attributes = {
        "name": row["name"], "status": "Sent", "archived": False,
        "audiences": {"included": [row["list_id"]], "excluded": []}, "send_options": {"use_smart_sending": True},
        "tracking_options": {"add_tracking_params": True, "is_tracking_clicks": True, "is_tracking_opens": True},
        "send_strategy": {"method": "immediate"}, "created_at": (sent_at - _HELD).isoformat(),
        "scheduled_at": sent_at.isoformat(), "updated_at": sent_at.isoformat(), "send_time": sent_at.isoformat(),
    }  # fmt: skip
    message = {"type": "campaign-message", "id": row["message_id"]}
    return {
        "type": "campaign", "id": row["campaign_id"], "attributes": attributes,
        "relationships": {"campaign-messages": {"data": [message]}},
        "links": {"self": f"https://a.klaviyo.com/api/campaigns/{row['campaign_id']}/"},
    }  # fmt: skip
