"""A year of nights: which KPIs with which targets, which platforms fail when, and which nights are run.

The targets are chosen for what they bring about: every verdict and most reasons occur (`test_a_year_of_verdicts.py`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.end_to_end.many_nights import BUSY, DENIED, LIMITED, Faults

COMPANY_FROM = date(2024, 10, 1)
HISTORY_FROM = date(2024, 12, 30)
"""A Monday. Weeks are whole from here on, and so is every month, quarter and year of 2025."""
FIRST_NIGHT, LAST_NIGHT = date(2026, 1, 3), date(2026, 11, 22)
"""Days that lie ahead of the real clock would be provisional, so the year ends before its last month."""
HISTORY_DAYS = (FIRST_NIGHT - HISTORY_FROM).days + 1
NEWSLETTERS_FROM = date(2026, 2, 15)
"""The night from which on Mailchimp is connected."""
_START = "2026-01-01"


def _targets(*dated: tuple[str, str | float] | tuple[str, str | float, str]) -> list[dict[str, Any]]:
    """(grain, target) from the start of the year on, or from a day of its own."""
    return [
        {"grain": grain, "target": target, "from": date.fromisoformat(since[0] if since else _START)}
        for grain, target, *since in dated
    ]


KPIS: list[dict[str, Any]] = [
    {"id": "conversion_rate", "targets": _targets(("month", "3.2 %"), ("quarter", "3.6 %"))},
    {"id": "cpa", "targets": _targets(("month", "€ 25"), ("week", "€ 26"))},
    {"id": "return_rate", "targets": _targets(("month", "20 %"), ("quarter", "19 %"))},
    {
        "id": "website_traffic",
        "guardrails": ["conversion_rate"],
        "targets": _targets(("week", 2_200), ("week", 2_600, "2026-07-01"), ("month", "+15 %"), ("quarter", 23_000)),
    },
    {"id": "email_open_rate", "targets": _targets(("month", "23 %"), ("week", "23 %"))},
    {
        "id": "revenue",
        "guardrails": ["aov", "conversion_rate"],
        "targets": _targets(
            ("week", "+20 %"),
            ("month", "+10 %", "2025-12-01"),
            ("month", "€ 22000"),
            ("month", "€ 28000", "2026-09-15"),
            ("quarter", "€ 72000"),
            ("half_year", "€ 150000"),
            ("year", "+20 %"),
        ),
    },
    {"id": "roas", "targets": _targets(("month", 4), ("quarter", 4))},
    {
        "id": "aov",
        "direction": "range",
        "tolerance": 0.01,
        "targets": [
            {"grain": grain, "low": "€ 105", "high": "€ 112", "from": date.fromisoformat(_START)}
            for grain in ("month", "quarter")
        ],
    },
    {"id": "cpc", "targets": _targets(("month", "€ 0.80"), ("quarter", "€ 0.80"))},
    {
        "id": "orders",
        "name": {"nl": "Bestellingen", "en": "Orders"},
        "definition": {"nl": "Bestellingen van de winkel.", "en": "Orders of the shop."},
        "numerator": "orders",
        "unit": "count",
        "direction": "higher",
        "noise": "sum",
        "minimum_sample": 55,
        "guardrails": ["return_rate"],
        "targets": _targets(("week", 65), ("month", 300), ("quarter", 850)),
    },
    {"id": "ctr", "informational": True, "targets": _targets(("month", "2 %"))},
]


def _spell(platform: str, first: date, nights: int, answer: Any) -> dict[date, Faults]:
    return {first + timedelta(days=n): {platform: answer} for n in range(nights)}


FAULTS: dict[date, Faults] = {
    **_spell("shopify", date(2026, 2, 10), 3, DENIED),
    **_spell("google_ads", date(2026, 2, 16), 2, BUSY),
    **_spell("ga4", date(2026, 6, 29), 3, DENIED),
    **_spell("mailchimp", date(2026, 8, 31), 1, LIMITED),
    **_spell("meta_ads", date(2026, 9, 30), 2, BUSY),
}
_WEEKS = ((date(2026, 2, 8), 14), (date(2026, 6, 22), 21), (date(2026, 9, 28), 7))
"""Of these days every night is run."""


def every_night() -> list[date]:
    return [FIRST_NIGHT + timedelta(days=n) for n in range((LAST_NIGHT - FIRST_NIGHT).days + 1)]


def nights() -> list[date]:
    """Each Sunday, the last night of each month and the first of the next, and every night of some weeks.

    What lies between was not run: the next night catches up, as after a computer that was off.
    """
    year = every_night()
    weeks = {first + timedelta(days=n) for first, days in _WEEKS for n in range(days)}
    around = {day for day in year if 1 in (day.day, (day + timedelta(days=1)).day)}
    return [day for day in year if day.weekday() == 6 or day in weeks | around | {FIRST_NIGHT}]


def connected(day: date) -> frozenset[str]:
    """The platforms of kompas.yaml on a night, beside the exchange rates."""
    shop = frozenset({"ga4", "google_ads", "meta_ads", "shopify"})
    return shop | {"mailchimp"} if day >= NEWSLETTERS_FROM else shop
