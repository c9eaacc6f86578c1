"""Who mails what, and how often, by tools other than Mailchimp: one data table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mailer:
    """An account of a tool. `behind` is how many hours its clock is behind Amsterdam's.

    `campaign_id`: how the tool numbers campaigns, from the `week` of the send and the `list`. `told_apart`: it knows
    which openers are machines. `price` of an order: cents of the account's currency.
    """

    tool: str
    account_id: str
    campaign_id: str = "{week}"
    behind: int = 0
    told_apart: bool = False
    price: int = 0


@dataclass(frozen=True)
class Programme:
    """What an account mails again and again: every `weeks` on a weekday (0 Monday) at an hour, or daily as a flow.

    `receivers` at scale 1, in 2023. Of all whom it reaches, `people` open it, and `machines`; `buyers` order.
    """

    mailer: Mailer
    name: str
    receivers: float
    people: float
    machines: float = 0.20
    buyers: float = 0.0
    list_id: str = ""
    list_name: str = ""
    weeks: int = 0
    weekday: int = 0
    hour: float = 12.0
    flow_id: str = ""
    message_id: str = ""
    subject: str = ""


_CODE = "01J{list}{week:017d}"
KLAVIYO_NL = Mailer("klaviyo", "KpsNL1", _CODE, price=7_400)
KLAVIYO_UK = Mailer("klaviyo", "KpsUK2", _CODE, price=6_300, behind=1)
BREVO_NL = Mailer("brevo", "zakelijk", told_apart=True)
BREVO_UK = Mailer("brevo", "trade-uk", told_apart=True, behind=1)

PROGRAMMES: tuple[Programme, ...] = (
    Programme(
        KLAVIYO_NL, "Kledingclub", 5_200, 0.25, buyers=0.004, list_id="Y6nRLr", list_name="Kledingclub",
        weeks=1, weekday=2, hour=19.0,
    ),
    Programme(
        KLAVIYO_NL, "Na de bestelling", 34, 0.46, buyers=0.012, flow_id="XVTP5Q",
        message_id="01GMRWDSA0ARTAKE1SFX8JGXAY", subject="Bedankt voor je bestelling",
    ),
    Programme(
        KLAVIYO_NL, "Na de bestelling", 29, 0.42, buyers=0.012, flow_id="XVTP5Q",
        message_id="01GJTHNWVG93F3KNX71SJ4FDBB", subject="Zo blijft het lang mooi",
    ),
    Programme(
        KLAVIYO_UK, "London edit", 1_700, 0.25, buyers=0.003, list_id="UTd5ui", list_name="London list",
        weeks=2, weekday=0, hour=12.0,
    ),
    Programme(
        KLAVIYO_UK, "Welcome", 6, 0.5, buyers=0.02, flow_id="WmgthX", message_id="01HB5T6K2QW9ZP0VXD3E8N7RFM",
        subject="Nice to meet you",
    ),
    Programme(
        BREVO_NL, "Zakelijk nieuws", 900, 0.31, 0.09, list_id="11", list_name="Zakelijk", weeks=2, weekday=3, hour=9.0,
    ),
    Programme(
        BREVO_UK, "Trade news", 420, 0.31, 0.09, list_id="7", list_name="Trade UK", weeks=4, weekday=1, hour=11.0,
    ),
)  # fmt: skip
"""New ones come last: the place of a programme is part of what its figures are drawn from."""
