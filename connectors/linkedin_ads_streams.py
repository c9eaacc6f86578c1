"""What is read from LinkedIn Ads: campaigns by day, as a table of columns and the parameters of adAnalytics.

Days are those of UTC, whatever the account's time zone. Conversions are booked on the day of the click or view and
keep arriving, for up to 90 days. Days on which nothing at all was counted are not sent.
Source: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_days import within
from connectors.ads_draft import whole
from connectors.ads_halves import TooMuchDataError, in_halves
from connectors.ads_history import kept
from connectors.columns import batch
from connectors.linkedin_api import LinkedInApi, Record
from connectors.linkedin_errors import TimedOutError
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.linkedin_ads import LinkedInAds

_DOCS = "https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting"
_KEPT_MONTHS = 24
"""How long LinkedIn surely keeps figures by day."""
_MOST_ELEMENTS = 15_000
"""An answer has no pages: one that holds so many may have been cut off."""
_SHORTEST_DAYS = 7
_CAMPAIGN = "urn:li:sponsoredCampaign:"


def _told(sent: str, name: str, type_: pa.DataType, description: str, *, nullable: bool = True) -> Told:
    unit = "in `currency`" if type_ == MONEY else ""
    return Told(Field(name, type_, description, unit, nullable, measure=True), sent)


_FIGURES = (
    _told("costInLocalCurrency", "spend", MONEY, "What the ads cost", nullable=False),
    _told("impressions", "impressions", COUNT, "Times that an ad was shown", nullable=False),
    _told("clicks", "clicks", COUNT, "Clicks that were charged", nullable=False),
    _told("landingPageClicks", "landing_page_clicks", COUNT, "Clicks that led to the advertiser's page"),
    _told("totalEngagements", "total_engagements", COUNT, "Clicks, reactions, comments, shares and follows together"),
    _told("videoViews", "video_views", COUNT, "Views of a video for two seconds at least"),
    _told("oneClickLeads", "leads", COUNT, "Lead forms that were sent on LinkedIn itself"),
    _told("externalWebsiteConversions", "conversions", NUMBER, "Conversions on the website, after a click or a view"),
    _told("externalWebsitePostClickConversions", "post_click_conversions", NUMBER, "Those of them after a click"),
    _told("externalWebsitePostViewConversions", "post_view_conversions", NUMBER, "Those of them after a view"),
    _told("conversionValueInLocalCurrency", "conversion_value", MONEY, "Value of `conversions`"),
)
_CAMPAIGNS = (
    Told(Field("campaign_name", TEXT, "The campaign's name as of the pull", nullable=True), "name"),
    Told(Field("campaign_status", TEXT, "ACTIVE, PAUSED, COMPLETED … as of the pull", nullable=True), "status"),
    Told(Field("campaign_type", TEXT, "SPONSORED_UPDATES, TEXT_AD …", nullable=True), "type"),
    Told(Field("objective", TEXT, "LEAD_GENERATION, WEBSITE_VISIT …", nullable=True), "objectiveType"),
)
_ROW = ("dateRange", "pivotValues")
FIELDS = (*_ROW, *(told.path for told in _FIGURES))
"""All that is asked for; without the first two a row could not be told from another. LinkedIn takes 20 at most."""


def _pull(connector: LinkedInAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    part = kept(window, load, _KEPT_MONTHS)
    if part is None:
        return
    api = connector.api
    # A token without access gets an empty report with HTTP 200; asked for the account itself it is refused.
    currency = api.get(f"/adAccounts/{account.id}", load).get("currency")
    campaigns = _campaigns(api, account.id, load)
    load.note(time_zone="UTC")

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        for rows in in_halves(part, lambda days: _rows(api, account.id, days, draft), _SHORTEST_DAYS):
            note_unknown(draft, _FIGURES, rows, _ROW)
            yield within(batch(CAMPAIGN_DAY, _columns(account.id, currency, rows, campaigns), draft), part)

    # Drawn once: every call is tried again by itself.
    yield from whole(CAMPAIGN_DAY, draw, load)


def _campaigns(api: LinkedInApi, account_id: str, load: Load) -> dict[str, Record]:
    """Name, status, type and objective of every campaign, by id: reports tell the id alone."""
    pages = api.pages(f"/adAccounts/{account_id}/adCampaigns", load, {"q": "search"})
    names = [told.path for told in _CAMPAIGNS]
    return {str(each.get("id")): {name: each.get(name) for name in names} for page in pages for each in page}


def _rows(api: LinkedInApi, account_id: str, days: Window, load: Load) -> list[Record]:
    """The report of the days. Raises TooMuchDataError where fewer of them should be asked for."""
    params: dict[str, Any] = {
        "q": "analytics",
        "pivot": "CAMPAIGN",
        "timeGranularity": "DAILY",
        "dateRange": {"start": days.start, "end": days.end},
        "accounts": [f"urn:li:sponsoredAccount:{account_id}"],
        "fields": FIELDS,
    }
    try:
        rows = api.elements("/adAnalytics", load, params)
    except TimedOutError as error:
        if len(days.days) <= _SHORTEST_DAYS:
            raise
        raise TooMuchDataError(error.message) from error
    if len(rows) >= _MOST_ELEMENTS:
        raise TooMuchDataError(f"the report of {days} has {len(rows)} rows or more, and LinkedIn may have cut it off")
    return rows


def _columns(account_id: str, currency: Any, rows: list[Record], campaigns: Mapping[str, Record]) -> dict[str, Any]:
    ids = [_campaign_id(row.get("pivotValues")) for row in rows]
    return {
        "account_id": [account_id] * len(rows),
        "date": [_day(row.get("dateRange")) for row in rows],
        "campaign_id": ids,
        "currency": [currency] * len(rows),
        **columns(_CAMPAIGNS, [campaigns.get(str(each), {}) for each in ids]),
        **columns(_FIGURES, rows),
    }


def _campaign_id(pivots: Any) -> str | None:
    """`187654321` of `["urn:li:sponsoredCampaign:187654321"]`; None, which is refused, of anything else.

    >>> _campaign_id(["urn:li:sponsoredCampaign:187654321"])
    '187654321'
    """
    only = pivots[0] if isinstance(pivots, list) and len(pivots) == 1 else None
    return only.removeprefix(_CAMPAIGN) if isinstance(only, str) and only.startswith(_CAMPAIGN) else None


def _day(told: Any) -> Any:
    """The row's day. What is no single day stays as it is, so that the reason of the rejection shows it."""
    try:
        start, end = (
            date(**{part: told[edge][part] for part in ("year", "month", "day")}) for edge in ("start", "end")
        )
    except (TypeError, KeyError, ValueError):
        return str(told)
    return start if start == end else f"{start}..{end}"


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any delivery or conversion",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day, in UTC"),
        Field("campaign_id", TEXT, "LinkedIn's id of the campaign"),
        *(told.field for told in _CAMPAIGNS),
        Field("currency", TEXT, "ISO 4217 code of the account's currency"),
        *(told.field for told in _FIGURES),
    ),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=_pull,
    look_back_days=30,
    slice_days=92,  # LinkedIn would take half a year, of few campaigns
    docs_url=_DOCS,
)
