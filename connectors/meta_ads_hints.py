"""What the user of Meta Ads can do about a refusal of the Graph API."""

from __future__ import annotations

from connectors.graph_errors import Hints

HINTS = Hints(
    "meta_ads",
    access="the token needs ads_read, and its system user needs to be assigned the ad account",
    account="is the account id right, and is the ad account assigned to the token's system user?",
)
