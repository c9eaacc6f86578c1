"""What an advertising platform has recorded in the world, as far as it is known: its campaigns, and their days.

For LinkedIn, TikTok and Microsoft.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sandbox.company import World

_DAYS = """
WITH delivered AS (
    SELECT campaign_id, date AS day, sum(cost) AS cost, sum(impressions) AS impressions, sum(clicks) AS clicks,
        sum(interactions) AS interactions, sum(view_through) AS view_through
    FROM ad_days
    WHERE platform = $platform AND account_id = $account AND known_at <= $clock AND date BETWEEN $first AND $last
    GROUP BY ALL),
converted AS (
    SELECT campaign_id, {booked} AS day,
        sum(conversions) FILTER (action = 'purchase' AND NOT view_through) AS clicked,
        sum(conversions) FILTER (action = 'purchase' AND view_through) AS viewed,
        sum(value) FILTER (action = 'purchase') AS amount, sum(conversions) FILTER (action = 'lead') AS leads
    FROM ad_conversions
    WHERE platform = $platform AND account_id = $account AND known_at <= $clock AND {booked} BETWEEN $first AND $last
    GROUP BY ALL)
SELECT campaign_id, day, coalesce(cost, 0), coalesce(impressions, 0)::BIGINT, coalesce(clicks, 0)::BIGINT,
    coalesce(interactions, 0)::BIGINT, coalesce(view_through, 0)::BIGINT, coalesce(clicked, 0), coalesce(viewed, 0),
    coalesce(amount, 0), coalesce(leads, 0)
FROM delivered FULL JOIN converted USING (campaign_id, day) ORDER BY day, campaign_id"""


@dataclass(frozen=True)
class AdCampaign:
    """A campaign; kind and status are the platform's own words."""

    id: str
    name: str
    kind: str
    status: str


@dataclass(frozen=True)
class AdDay:
    """A campaign's day. Money in the account's currency; clicked and viewed: purchases by what they came after."""

    campaign_id: str
    day: date
    spend: Decimal
    impressions: int
    clicks: int
    interactions: int
    view_through: int
    clicked: float
    viewed: float
    amount: Decimal
    leads: float

    def __add__(self, other: AdDay) -> AdDay:
        """Both days together, under the campaign and the day of the first."""
        counts = [field.name for field in fields(AdDay)][2:]
        return AdDay(self.campaign_id, self.day, *(getattr(self, name) + getattr(other, name) for name in counts))


def campaigns(world: World, platform: str, account: str) -> list[AdCampaign]:
    """All campaigns of an account, by id."""
    sql = """SELECT campaign_id, name, channel_type, status FROM ad_campaigns
        WHERE platform = ? AND account_id = ? ORDER BY campaign_id"""
    return [AdCampaign(*row) for row in world.query(sql, [platform, account])]


def ad_days(
    world: World, platform: str, account: str, first: date, last: date, *, booked: str = "click_date"
) -> list[AdDay]:
    """The days first..last (inclusive, of the account's time zone) as known now, by day and campaign.

    Conversions are booked on the day of the click or view, or on their own (`conversion_date`).
    """
    params = {"platform": platform, "account": account, "first": first, "last": last, "clock": world.clock}
    return [AdDay(*row) for row in world.query(_DAYS.format(booked=booked), params)]
