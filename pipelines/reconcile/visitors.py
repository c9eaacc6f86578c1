"""Unique visitors: GA4's own count of the period, and what else a screen may call visitors."""

from __future__ import annotations

from pipelines.reconcile.fit import Other
from pipelines.reconcile.known import Known


def figure(known: Known) -> float:
    """The period's visitors to date. Raises LookupError where there is no one count."""
    found = _count(known, "total_users")
    if found is None:
        raise LookupError(
            f"Kompas has no unique count of {known.question.period}: choose one account, and a whole grain"
        )
    return found


def others(known: Known) -> list[Other]:
    counted = figure(known)
    found = [Other("sum_of_days", "unique", known.column_sum("site_day", "total_users") - counted)]
    active = _count(known, "active_users")
    return found if active is None else [*found, Other("active_users", "unique", active - counted)]


def _count(known: Known, column: str) -> float | None:
    """A day's count stands with the site's day, which has no active users; those of longer periods in a stream."""
    period = known.question.period
    if period.grain == "day":
        return known.column_sum("site_day", column) if column == "total_users" else None
    rows = known.query(
        f"select {column} as users from rows where grain = $grain and period_start = $start",
        known.raw("site_users", [known.through]),
        grain=period.grain,
        start=period.start,
    )
    return float(rows["users"][0].as_py()) if rows.num_rows == 1 else None
