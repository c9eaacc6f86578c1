"""What each known customer has brought and is expected to bring (pipelines/clv), by the newest fit of the brand."""

from typing import Any

from pipelines.clv import nightly


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001 (dbt gives both)
    """Columns of pipelines.clv.tables.CUSTOMERS; without rows where kompas.yaml says nothing of `clv`."""
    dbt.config(materialized="table")
    return nightly.customers(dbt.ref("customer_bookings"), dbt.ref("clv_fit"), dbt.ref("stg_kompas__night"))
