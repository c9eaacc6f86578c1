"""What the ad account has recorded, as far as it is known: campaigns, delivery and conversions by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sandbox.company import World

ACCOUNT_ID, ACCOUNT_NAME, CURRENCY, TIME_ZONE = "700800900", "Duurzame Mode", "EUR", "Europe/Amsterdam"


@dataclass(frozen=True)
class Campaign:
    """What of a campaign shows in a row."""

    id: str
    name: str
    objective: str
    status: str


@dataclass(frozen=True)
class Delivery:
    """A campaign's delivery on a day; spend in the account's currency."""

    campaign_id: str
    day: date
    spend: Decimal
    impressions: int
    clicks: int
    link_clicks: int
    reach: int


@dataclass(frozen=True)
class Conversion:
    """Conversions of one action of a campaign, by the day they are reported on and days since the click or view."""

    campaign_id: str
    day: date
    action: str
    viewed: bool
    lag_days: int
    count: float
    value: Decimal


@dataclass(frozen=True)
class Snapshot:
    """The account as known at a moment (aware), in a range of days."""

    world: World
    known_at: datetime
    since: date
    until: date

    @property
    def _moment(self) -> datetime:
        return self.known_at.astimezone(UTC).replace(tzinfo=None)

    def campaigns(self) -> list[Campaign]:
        """All campaigns, whatever their status."""
        rows = self.world.query(
            """SELECT campaign_id, name, objective, status FROM ad_campaigns
            WHERE platform = 'meta_ads' AND account_id = ?""",
            [ACCOUNT_ID],
        )
        return [Campaign(*row) for row in rows]

    def deliveries(self) -> list[Delivery]:
        """Sums over the deltas of each campaign and day. The world's interactions are link clicks here."""
        rows = self.world.query(
            """SELECT campaign_id, date, sum(cost), sum(impressions), sum(clicks), sum(interactions), sum(reach)
            FROM ad_days WHERE platform = 'meta_ads' AND account_id = ? AND known_at <= ? AND date BETWEEN ? AND ?
            GROUP BY campaign_id, date""",
            [ACCOUNT_ID, self._moment, self.since, self.until],
        )
        return [Delivery(row[0], row[1], row[2], *(int(count or 0) for count in row[3:])) for row in rows]

    def conversions(self, by_conversion_date: bool) -> list[Conversion]:
        """Sums over the deltas, by click (or view) day or by the day of the conversion itself."""
        day = "conversion_date" if by_conversion_date else "click_date"
        rows = self.world.query(
            f"""SELECT campaign_id, {day}, action, view_through, conversion_date - click_date, sum(conversions),
            sum(value) FROM ad_conversions WHERE platform = 'meta_ads' AND account_id = ? AND known_at <= ?
            AND {day} BETWEEN ? AND ? GROUP BY ALL""",
            [ACCOUNT_ID, self._moment, self.since, self.until],
        )
        return [Conversion(*row) for row in rows]
