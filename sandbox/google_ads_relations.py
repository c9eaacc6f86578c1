"""What a query reads: the account, its campaigns and conversion actions, and what is known to have happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sandbox.company import World
from sandbox.google_ads_accounts import Account, tree
from sandbox.google_ads_fields import CONVERSION_ACTIONS

_FACTS = """
    SELECT '{customer}' AS customer, campaign_id, date, NULL AS action,
        cost, impressions, clicks, interactions, view_through,
        0::DOUBLE AS conversions, 0::DECIMAL(18,2) AS value,
        0::DOUBLE AS all_conversions, 0::DECIMAL(18,2) AS all_value,
        0::DOUBLE AS conversions_then, 0::DECIMAL(18,2) AS value_then,
        0::DOUBLE AS all_conversions_then, 0::DECIMAL(18,2) AS all_value_then
    FROM ad_days WHERE {own}
    UNION ALL SELECT '{customer}', campaign_id, click_date, action, 0, 0, 0, 0, 0,
        if({counted}, conversions, 0), if({counted}, value, 0), conversions, value, 0, 0, 0, 0
    FROM ad_conversions WHERE {own} AND NOT view_through
    UNION ALL SELECT '{customer}', campaign_id, conversion_date, action, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        if({counted}, conversions, 0), if({counted}, value, 0), conversions, value
    FROM ad_conversions WHERE {own} AND NOT view_through"""


@dataclass(frozen=True)
class Snapshot:
    """Whose data, and as known when (aware): the pages of one search share it."""

    world: World
    account: Account
    known_at: datetime

    @property
    def today(self) -> date:
        """The account's local day."""
        return self.known_at.astimezone(ZoneInfo(self.account.time_zone)).date()

    @property
    def own(self) -> str:
        """SQL condition: the account's rows that are known."""
        moment = self.known_at.astimezone(UTC).replace(tzinfo=None)
        return f"platform = 'google_ads' AND account_id = '{self.account.id}' AND known_at <= TIMESTAMP '{moment}'"

    def customer(self) -> str:
        """Relation of one row: the account."""
        return _accounts([(self.account, 0)])

    def customer_client(self) -> str:
        """Relation: the account and those below it."""
        return _accounts(tree(self.account))

    def campaign(self) -> str:
        """Relation: the account's campaigns that have started, removed ones too."""
        return f"""(SELECT * FROM ad_campaigns WHERE platform = 'google_ads' AND account_id = '{self.account.id}'
            AND start_date <= DATE '{self.today}')"""

    def conversion_action(self) -> str:
        """Relation: the account's conversion actions."""
        rows = [f"('{id_}', '{name}', '{kind}', {counted})" for id_, name, kind, counted in CONVERSION_ACTIONS.values()]
        return f"(SELECT * FROM (VALUES {', '.join(rows)}) AS t(id, name, category, counted))"

    def facts(self) -> str:
        """Relation: deltas known by now. Delivery by day, conversions by the click's day, and by their own (…_then)."""
        primary = [f"'{action}'" for action, row in CONVERSION_ACTIONS.items() if row[3]]
        counted = f"action IN ({', '.join(primary)})"
        return f"({_FACTS.format(customer=self.account.resource, own=self.own, counted=counted)})"


def _accounts(accounts: Sequence[tuple[Account, int]]) -> str:
    rows = [
        f"('{one.resource}', '{one.id}', '{one.name}', '{one.currency}', '{one.time_zone}', {one.manager}, {level})"
        for one, level in accounts
    ]
    names = "resource_name, id, name, currency, time_zone, manager, level"
    return f"(SELECT * FROM (VALUES {', '.join(rows)}) AS t({names}))"
