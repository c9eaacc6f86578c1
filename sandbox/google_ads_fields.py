"""Every field that the sandbox knows: its type as JSON sends it, and its SQL.

Relations in SQL: `customer` and `customer_client` (one row per account), `conversion_action`, `campaign` (the
account's ad_campaigns) and `facts` (google_ads_facts). The real API has thousands of fields more; one that is missing
here is answered as UNRECOGNIZED_FIELD.
"""

from __future__ import annotations

from dataclasses import dataclass

PURCHASE, LEAD = "purchase", "lead"
CONVERSION_ACTIONS: dict[str, tuple[str, str, str, bool]] = {
    # action of the world: (id, name, category, counted in "Conversions")
    PURCHASE: ("987001", "Aankoop", "PURCHASE", True),
    LEAD: ("987002", "Nieuwsbrief", "SUBMIT_LEAD_FORM", False),
}

STATUSES = ("ENABLED", "PAUSED", "REMOVED")
CHANNEL_TYPES = (
    "SEARCH", "DISPLAY", "SHOPPING", "HOTEL", "VIDEO", "MULTI_CHANNEL", "LOCAL", "SMART", "PERFORMANCE_MAX",
    "LOCAL_SERVICES", "TRAVEL", "DEMAND_GEN",
)  # fmt: skip
CATEGORIES = ("PURCHASE", "SUBMIT_LEAD_FORM")
CUSTOMER_STATUSES = ("ENABLED", "CANCELED", "SUSPENDED", "CLOSED")
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True)
class Field:
    """One field. kind: string, int64, int32, double, bool, date or enum; enum fields list their constants."""

    sql: str
    kind: str = "string"
    constants: tuple[str, ...] = ()


def _customer(relation: str) -> dict[str, Field]:
    return {
        "resource_name": Field(f"{relation}.resource_name"),
        "id": Field(f"{relation}.id", "int64"),
        "descriptive_name": Field(f"{relation}.name"),
        "currency_code": Field(f"{relation}.currency"),
        "time_zone": Field(f"{relation}.time_zone"),
        "manager": Field(f"{relation}.manager", "bool"),
        "test_account": Field("false", "bool"),
        "status": Field("'ENABLED'", "enum", CUSTOMER_STATUSES),
    }


def _case(column: str, item: int) -> str:
    branches = " ".join(f"WHEN '{action}' THEN '{row[item]}'" for action, row in CONVERSION_ACTIONS.items())
    return f"CASE {column} {branches} END"


_RESOURCES: dict[str, dict[str, Field]] = {
    "customer": _customer("customer"),
    "customer_client": _customer("customer_client") | {
        "client_customer": Field("'customers/' || customer_client.id"),
        "level": Field("customer_client.level", "int64"),
        "hidden": Field("false", "bool"),
    },
    "campaign": {
        "resource_name": Field("customer.resource_name || '/campaigns/' || campaign.campaign_id"),
        "id": Field("campaign.campaign_id", "int64"),
        "name": Field("campaign.name"),
        "status": Field("campaign.status", "enum", STATUSES),
        "advertising_channel_type": Field("campaign.channel_type", "enum", CHANNEL_TYPES),
        "start_date_time": Field("strftime(campaign.start_date, '%Y-%m-%d 00:00:00')"),
        "end_date_time": Field("coalesce(strftime(campaign.end_date, '%Y-%m-%d 23:59:59'), '')"),
    },
    "conversion_action": {
        "resource_name": Field("customer.resource_name || '/conversionActions/' || conversion_action.id"),
        "id": Field("conversion_action.id", "int64"),
        "name": Field("conversion_action.name"),
        "category": Field("conversion_action.category", "enum", CATEGORIES),
        "status": Field("'ENABLED'", "enum", ("ENABLED", "REMOVED", "HIDDEN")),
        "primary_for_goal": Field("conversion_action.counted", "bool"),
        "include_in_conversions_metric": Field("conversion_action.counted", "bool"),
    },
    "segments": {
        "date": Field("facts.date", "date"),
        "week": Field("date_trunc('week', facts.date)::DATE", "date"),
        "month": Field("date_trunc('month', facts.date)::DATE", "date"),
        "quarter": Field("date_trunc('quarter', facts.date)::DATE", "date"),
        "year": Field("year(facts.date)", "int32"),
        "day_of_week": Field("upper(dayname(facts.date))", "enum", WEEKDAYS),
        "conversion_action": Field(f"facts.customer || '/conversionActions/' || {_case('facts.action', 0)}"),
        "conversion_action_name": Field(_case("facts.action", 1)),
        "conversion_action_category": Field(_case("facts.action", 2), "enum", CATEGORIES),
    },
    "metrics": {
        "cost_micros": Field("(sum(facts.cost) * 1000000)::BIGINT", "int64"),
        "impressions": Field("sum(facts.impressions)", "int64"),
        "clicks": Field("sum(facts.clicks)", "int64"),
        "interactions": Field("sum(facts.interactions)", "int64"),
        "view_through_conversions": Field("sum(facts.view_through)", "int64"),
        "ctr": Field("sum(facts.clicks) / nullif(sum(facts.impressions), 0)", "double"),
        "average_cpc": Field("1000000 * sum(facts.cost)::DOUBLE / nullif(sum(facts.clicks), 0)", "double"),
        "conversions": Field("sum(facts.conversions)", "double"),
        "conversions_value": Field("sum(facts.value)", "double"),
        "all_conversions": Field("sum(facts.all_conversions)", "double"),
        "all_conversions_value": Field("sum(facts.all_value)", "double"),
        "conversions_by_conversion_date": Field("sum(facts.conversions_then)", "double"),
        "conversions_value_by_conversion_date": Field("sum(facts.value_then)", "double"),
        "all_conversions_by_conversion_date": Field("sum(facts.all_conversions_then)", "double"),
        "all_conversions_value_by_conversion_date": Field("sum(facts.all_value_then)", "double"),
    },
}  # fmt: skip

FIELDS: dict[str, Field] = {
    f"{resource}.{name}": field for resource, fields in _RESOURCES.items() for name, field in fields.items()
}

SELECTABLE: dict[str, tuple[str, ...]] = {
    "campaign": ("customer", "campaign", "segments", "metrics"),
    "customer": ("customer", "segments", "metrics"),
    "customer_client": ("customer", "customer_client"),
    "conversion_action": ("customer", "conversion_action"),
}
"""Resources that may stand in FROM, and the prefixes of the fields that may be asked of each."""

_DELIVERY = ("cost_micros", "impressions", "clicks", "interactions", "view_through_conversions", "ctr", "average_cpc")
DELIVERY_METRICS = tuple(f"metrics.{name}" for name in _DELIVERY)
"""Metrics that have no conversion action and so do not go with its segments."""


def group(field: str) -> str:
    """`metrics` of `metrics.clicks`."""
    return field.partition(".")[0]
