"""Basic reports of TikTok: rows of texts, by campaign or advertiser. Rows without any activity are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.ad_facts import AdDay, ad_days, campaigns
from sandbox.company import World
from sandbox.tiktok_query import ReportQuery

PLATFORM = "tiktok_ads"
DELETED = "DELETE"


@dataclass(frozen=True)
class Cell:
    """What a row is made of: figures by day of the click, and by day of the event; None where there is none."""

    name: str
    shown: AdDay | None
    happened: AdDay | None


def _shown(figure: Callable[[AdDay], Any]) -> Callable[[Cell], str]:
    return lambda cell: str(figure(cell.shown)) if cell.shown else "0"


METRICS: dict[str, Callable[[Cell], str]] = {
    "campaign_name": lambda cell: cell.name,
    "spend": _shown(lambda day: f"{day.spend:.2f}"),
    "impressions": _shown(lambda day: day.impressions),
    "clicks": _shown(lambda day: day.clicks),
    "reach": _shown(lambda day: day.impressions * 4 // 5),
    "conversion": _shown(lambda day: int(day.clicked + day.viewed)),
    "real_time_conversion": lambda cell: str(int(cell.happened.clicked + cell.happened.viewed) if cell.happened else 0),
    "complete_payment": _shown(lambda day: int(day.clicked + day.viewed)),
    "total_complete_payment_rate": _shown(lambda day: f"{day.amount:.2f}"),
    "complete_payment_roas": _shown(lambda day: f"{day.amount / day.spend if day.spend else 0:.2f}"),
    **dict.fromkeys(("onsite_shopping", "total_purchase"), lambda _cell: "0"),
    **dict.fromkeys(("total_onsite_shopping_value", "total_purchase_value", "total_sales_lead_value"),
                    lambda _cell: "0.00"),
}  # fmt: skip


def report(world: World, advertiser: str, query: ReportQuery) -> dict[str, Any]:
    """A page of the report, as `data`."""
    rows = list(_rows(world, advertiser, query))
    pages = -(-len(rows) // query.page_size)
    start = (query.page - 1) * query.page_size
    info = {"page": query.page, "page_size": query.page_size, "total_number": len(rows), "total_page": pages}
    return {"list": rows[start : start + query.page_size], "page_info": info}


def _rows(world: World, advertiser: str, query: ReportQuery) -> Iterator[dict[str, Any]]:
    names = {each.id: each.name for each in campaigns(world, PLATFORM, advertiser) if _wanted(each.status, query)}
    shown = _sums(ad_days(world, PLATFORM, advertiser, query.first, query.last), query, advertiser, names)
    events = ad_days(world, PLATFORM, advertiser, query.first, query.last, booked="conversion_date")
    happened = _sums(events, query, advertiser, names)
    for key in sorted(shown.keys() | happened.keys(), key=lambda key: (str(key[0]), key[1])):
        day, subject = key
        name = names.get(subject, "-")
        yield {
            "dimensions": _dimensions(query, subject, day),
            "metrics": {m: METRICS[m](Cell(name, shown.get(key), happened.get(key))) for m in query.metrics},
        }


def _wanted(status: str, query: ReportQuery) -> bool:
    return query.status == "STATUS_ALL" or (status == DELETED) == (query.status == "STATUS_DELETE")


Key = tuple[date | None, str]


def _sums(days: list[AdDay], query: ReportQuery, advertiser: str, names: dict[str, str]) -> dict[Key, AdDay]:
    """The figures of each row. Advertisers count deleted campaigns too."""
    found: dict[Key, AdDay] = {}
    by_campaign = query.level == "AUCTION_CAMPAIGN"
    for day in days:
        if (by_campaign and day.campaign_id not in names) or not (day.impressions or day.clicked or day.viewed):
            continue
        key = (day.day if query.daily else None, day.campaign_id if by_campaign else advertiser)
        found[key] = found[key] + day if key in found else day
    return found


def _dimensions(query: ReportQuery, subject: str, day: date | None) -> dict[str, str]:
    about = {"campaign_id" if query.level == "AUCTION_CAMPAIGN" else "advertiser_id": subject}
    return about | ({"stat_time_day": f"{day} 00:00:00"} if day else {})
