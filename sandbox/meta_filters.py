"""`filtering`: a few fields of the campaign, and any number of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.meta_data import Campaign
from sandbox.meta_errors import bad_param
from sandbox.meta_slice import Slice

CAMPAIGN_FIELDS: dict[str, Callable[[Campaign], str]] = {
    "campaign.id": lambda campaign: campaign.id,
    "campaign.name": lambda campaign: campaign.name,
    "campaign.effective_status": lambda campaign: campaign.status,
}
ROW_FIELDS: dict[str, Callable[[Slice], float]] = {
    "impressions": lambda part: part.total("impressions"),
    "clicks": lambda part: part.total("clicks"),
    "spend": lambda part: float(part.spend),
}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda found, asked: str(found) == str(asked),
    "NOT_EQUAL": lambda found, asked: str(found) != str(asked),
    "IN": lambda found, asked: str(found) in map(str, asked),
    "NOT_IN": lambda found, asked: str(found) not in map(str, asked),
    "CONTAIN": lambda found, asked: str(asked).lower() in str(found).lower(),
    "GREATER_THAN": lambda found, asked: float(found) > float(asked),
    "LESS_THAN": lambda found, asked: float(found) < float(asked),
}


@dataclass(frozen=True)
class Filter:
    """One condition: field, operator and value."""

    field: str
    operator: str
    value: Any

    def holds(self, campaign: Campaign) -> bool:
        """Whether a campaign passes; conditions on other things do."""
        read = CAMPAIGN_FIELDS.get(self.field)
        return read is None or OPERATORS[self.operator](read(campaign), self.value)

    def holds_row(self, part: Slice) -> bool:
        """Whether a row passes; conditions on other things do."""
        read = ROW_FIELDS.get(self.field)
        return read is None or OPERATORS[self.operator](read(part), self.value)


def read_filter(asked: Any) -> Filter:
    """A Filter of one JSON object; raises MetaError."""
    try:
        found = Filter(asked["field"], asked["operator"], asked["value"])
    except (KeyError, TypeError) as error:
        raise bad_param("param filtering must be a list of {field, operator, value}") from error
    if found.field not in CAMPAIGN_FIELDS and found.field not in ROW_FIELDS:
        raise bad_param(f"Filtering field {found.field} with operation {found.operator.lower()} is not supported")
    if found.operator not in OPERATORS:
        raise bad_param(f"operator must be one of the following values: {', '.join(OPERATORS)}")
    return found
