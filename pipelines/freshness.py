"""By when a night's tables should be there: Dagster shows what is late, whether or not a run told of it."""

from datetime import timedelta
from functools import cache

import dagster as dg

from pipelines.settings import Settings

_LATE_H = 3
"""A night takes minutes; a platform that is down is tried again after twenty of them, and built once more."""
_EARLY_H = 3
"""What somebody ran by hand shortly before the night counts as well."""


def policy(settings: Settings) -> dg.FreshnessPolicy:
    """Every day, three hours after the night began, in the company's time zone."""
    hour, minute = settings.night.at.split(":")
    return _daily(f"{int(minute)} {(int(hour) + _LATE_H) % 24} * * *", settings.company.time_zone)


@cache
def _daily(deadline: str, time_zone: str) -> dg.FreshnessPolicy:
    """One for all assets: Dagster looks at a thousand days of each it makes, 15 ms of CPU."""
    window = timedelta(hours=_EARLY_H + _LATE_H)
    return dg.FreshnessPolicy.cron(deadline_cron=deadline, lower_bound_delta=window, timezone=time_zone)
