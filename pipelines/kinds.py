"""What Dagster shows beside an asset: its kinds, each with an icon where Dagster has one."""

from __future__ import annotations

_ICONS = {
    "ga4": "google",
    "google_ads": "google",
    "search_console": "google",
    "meta_ads": "meta",
    "linkedin_ads": "linkedin",
    "linkedin_pages": "linkedin",
    "facebook_pages": "facebook",
    "tiktok_ads": "tiktok",
    "microsoft_ads": "microsoft",
    "files": "csv",
}
"""The kind of a platform whose maker's logo Dagster has under another name than ours (webserver 1.13)."""


def of_platform(name: str) -> set[str]:
    """The kinds of a platform's raw tables: Parquet files, and whose they are.

    >>> sorted(of_platform("google_ads")), sorted(of_platform("mailchimp"))
    (['google', 'parquet'], ['mailchimp', 'parquet'])
    """
    return {"parquet", _ICONS.get(name, name)}
