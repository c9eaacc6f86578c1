"""Where people find more: the setup guide of a platform."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_DOCS = Path(__file__).parents[1] / "docs"


class LinkSettings(BaseModel):
    """Addresses under which people find Kompas' pages; without them the Dagster UI names the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    docs: str | None = Field(None, pattern="^https?://", description="Where the docs site is served")

    def setup_guide(self, platform: str) -> str:
        """The address, or else the file, of the page that says how to connect a platform.

        >>> LinkSettings(docs="https://docs.example.com/").setup_guide("ga4")
        'https://docs.example.com/connect/ga4.html'
        """
        if self.docs:
            return f"{self.docs.rstrip('/')}/connect/{platform}.html"
        return str(_DOCS / "connect" / f"{platform}.md")
