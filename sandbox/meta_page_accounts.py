"""The company's two Facebook pages, their tokens, and the Instagram accounts that are linked to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A Facebook page. `key` is the world's word for it; `instagram_id` and `username` are of the linked account."""

    key: str
    id: str
    name: str
    instagram_id: str
    username: str

    @property
    def token(self) -> str:
        """The page access token, which ends when the user's does."""
        return f"sandbox-page-token-{self.id}"


PAGES = (
    Page("nl", "104200300400500", "Duurzame Mode", "17841400123400500", "duurzamemode"),
    Page("be", "104200300400501", "Duurzame Mode België", "17841400123400501", "duurzamemode.be"),
)
