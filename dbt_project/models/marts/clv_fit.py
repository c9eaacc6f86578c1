"""Models of customer lifetime value (pipelines/clv), by brand, fitted to what was known on some days.

These are the last days of the newest two periods of each grain that a target of an expected value names, the one that
is judged each night and the whole one before it; and always the night's own day.
"""

from typing import Any

from pipelines.clv import nightly

_NEWEST = """
    select distinct grain, through_day
    from (select *, row_number() over (partition by grain order by period_start desc) as age from periods)
    where age <= case grain when 'day' then 1 else 2 end
"""


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001 (dbt gives both)
    """Columns of pipelines.clv.tables.FITS; without rows where kompas.yaml says nothing of `clv`."""
    dbt.config(materialized="table")
    kpis = dbt.ref("stg_kompas__kpis").filter("numerator = 'expected_customer_profit'").select("kpi_id")
    targets = dbt.ref("stg_kompas__targets").join(kpis, "kpi_id").select("grain").distinct().fetchall()
    grains = {"day", *(grain for (grain,) in targets)}
    days = {day for grain, day in dbt.ref("periods").query("periods", _NEWEST).fetchall() if grain in grains}
    return nightly.fits(dbt.ref("customer_bookings"), sorted(days), dbt.ref("stg_kompas__night"))
