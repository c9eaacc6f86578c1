"""Where the Dagster UI points to for more: the setup guide of a platform."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from pydantic import BaseModel, ConfigDict, Field

_DOCS = Path(__file__).parents[1] / "docs"


class LinkSettings(BaseModel):
    """Addresses under which people find Kompas' pages; without them the Dagster UI names the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    docs: str | None = Field(None, pattern="^https?://", description="Where the docs site is served")


def setup_guide(links: LinkSettings, platform: str) -> dg.MetadataValue:
    """The page of the docs that says how to connect a platform: its address, or its file.

    >>> setup_guide(LinkSettings(docs="https://docs.example.com/"), "ga4").value
    'https://docs.example.com/connect/ga4/'
    """
    if links.docs:
        return dg.MetadataValue.url(f"{links.docs.rstrip('/')}/connect/{platform}/")
    return dg.MetadataValue.path(str(_DOCS / "connect" / f"{platform}.md"))
