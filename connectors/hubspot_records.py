"""The fields of HubSpot's streams, and where its records tell them. Properties come as text, or null."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from connectors.records import Told
from connectors.stream import COUNT, DATE, FLAG, MONEY, NUMBER, TEXT, TIMESTAMP, Field

_SOURCE = "Where the first visit came from, in HubSpot's words: ORGANIC_SEARCH, PAID_SOCIAL, OFFLINE …"
_ARCHIVED = Told(Field("archived", FLAG, "Deleted in HubSpot"), "archived")
CURRENCY = Field("currency", TEXT, "ISO 4217 code: the deal's, else the account's")
UPDATED = Field("updated_at", TIMESTAMP, "Its last change, or when it was deleted")
CREATED_DATE = Field("created_date", DATE, "The day of created_at in the account's time zone")
EMAIL_DAY = Field("date", DATE, "The day of sending, in the account's time zone")


def of(told: Iterable[Told]) -> tuple[Field, ...]:
    """The fields themselves."""
    return tuple(one.field for one in told)


@dataclass(frozen=True)
class Records:
    """A kind of object in the CRM: `modified` is its property of the last change, which differs by kind.

    told: fields as they are. either: fields that the first of several properties tells. days: fields that are the local
    day of another field, a time. hashed: fields that are the pseudonym of a property.
    """

    kind: str
    modified: str
    told: tuple[Told, ...]
    days: tuple[tuple[Field, str], ...]
    either: tuple[tuple[Field, tuple[str, ...]], ...]
    hashed: tuple[tuple[Field, str], ...] = ()

    @property
    def properties(self) -> list[str]:
        """What has to be asked for: what is not named, is not told."""
        paths = [one.path for one in self.told if one.path.startswith("properties.")]
        named = [path.removeprefix("properties.") for path in paths]
        either = [name for _, names in self.either for name in names]
        hashed = [name for _, name in self.hashed]
        return list(dict.fromkeys([*named, *either, *hashed, self.modified]))

    @property
    def fields(self) -> tuple[Field, ...]:
        return (*of(self.told), *(field for field, _ in (*self.days, *self.either, *self.hashed)))


def _property(
    name: str, type_: pa.DataType, path: str, description: str, *, unit: str = "", nullable: bool = True
) -> Told:
    return Told(Field(name, type_, description, unit, nullable), f"properties.{path}")


def _id(name: str, description: str) -> Told:
    return Told(Field(name, TEXT, description), "id")


def _stage(name: str, stage: str, description: str) -> tuple[Field, tuple[str, ...]]:
    """When a contact entered a stage: newer accounts have another property for it."""
    return (
        Field(name, TIMESTAMP, description, nullable=True),
        (f"hs_v2_date_entered_{stage}", f"hs_lifecyclestage_{stage}_date"),
    )


CONTACTS = Records(
    "contacts",
    "lastmodifieddate",
    told=(
        _id("contact_id", "The contact"),
        _property("created_at", TIMESTAMP, "createdate", "When it came into HubSpot", nullable=False),
        _property(
            "lifecycle_stage", TEXT, "lifecyclestage", "lead, opportunity, customer …, or a stage of the account's"
        ),
        _property("source", TEXT, "hs_analytics_source", _SOURCE),
        _ARCHIVED,
    ),
    days=((CREATED_DATE, "created_at"),),
    either=(
        _stage("lead_at", "lead", "When it became a lead"),
        _stage("marketing_qualified_lead_at", "marketingqualifiedlead", "When it became a marketing qualified lead"),
        _stage("sales_qualified_lead_at", "salesqualifiedlead", "When it became a sales qualified lead"),
        _stage("opportunity_at", "opportunity", "When it became an opportunity"),
        _stage("customer_at", "customer", "When it became a customer"),
    ),
    hashed=(
        (Field("email_hash", TEXT, "Keyed pseudonym (HMAC-SHA256) of the e-mail address", nullable=True), "email"),
    ),
)

DEALS = Records(
    "deals",
    "hs_lastmodifieddate",
    told=(
        _id("deal_id", "The deal"),
        _property("created_at", TIMESTAMP, "createdate", "When the deal was made", nullable=False),
        _property("pipeline", TEXT, "pipeline", "HubSpot's id of the pipeline"),
        _property("stage", TEXT, "dealstage", "HubSpot's id of the stage in the pipeline"),
        _property("is_closed", FLAG, "hs_is_closed", "Won or lost"),
        _property("is_closed_won", FLAG, "hs_is_closed_won", "Won"),
        _property(
            "closed_at", TIMESTAMP, "closedate", "When it was closed, as typed in; of an open deal what is expected"
        ),
        _property("amount", MONEY, "amount", "Value of the deal", unit="in `currency`"),
        _property("source", TEXT, "hs_analytics_source", _SOURCE),
        _ARCHIVED,
    ),
    days=(
        (CREATED_DATE, "created_at"),
        (Field("closed_date", DATE, "The day of closed_at in the account's time zone", nullable=True), "closed_at"),
    ),
    either=((CURRENCY, ("deal_currency_code",)),),
)

FEEDBACK_SUBMISSIONS = Records(
    "feedback_submissions",
    "hs_lastmodifieddate",
    told=(
        _id("submission_id", "The answer"),
        _property("survey_type", TEXT, "hs_survey_type", "CSAT, NPS, CES, CUSTOM …", nullable=False),
        _property("survey_id", TEXT, "hs_survey_id", "The survey"),
        _property("survey_name", TEXT, "hs_survey_name", "The survey's name"),
        _property("channel", TEXT, "hs_survey_channel", "EMAIL, WEB …"),
        _property("value", NUMBER, "hs_value", "What was answered: CSAT 0 to 2, NPS 0 to 10, CES 1 to 7"),
        _property("contact_id", TEXT, "hs_contact_id", "The contact who answered"),
        _ARCHIVED,
    ),
    days=((Field("date", DATE, "The day of submitted_at in the account's time zone"), "submitted_at"),),
    either=(
        (
            Field("submitted_at", TIMESTAMP, "When it was answered"),
            ("hs_submission_timestamp", "hs_createdate"),
        ),
        (
            Field("sentiment", TEXT, "HubSpot's reading: PROMOTER, PASSIVE or DETRACTOR", nullable=True),
            ("hs_sentiment", "hs_response_group"),
        ),
    ),
)
SCALES = {"CSAT": (0, 2), "NPS": (0, 10), "CES": (1, 7)}
"""Lowest and highest answer, by the type of the survey.

Source: https://knowledge.hubspot.com/customer-feedback/feedback-submission-properties (ratings of each sentiment)
"""


def _counter(name: str, counter: str, description: str, nullable: bool = True) -> Told:
    field = Field(name, COUNT, description, nullable=nullable, measure=True)
    return Told(field, f"stats.counters.{counter}")


EMAILS = (
    Told(Field("email_id", TEXT, "The e-mail"), "id"),
    Told(Field("name", TEXT, "Its internal name", nullable=True), "name"),
    Told(Field("subject", TEXT, "Its subject", nullable=True), "subject"),
    Told(Field("type", TEXT, "BATCH_EMAIL, AB_EMAIL, AUTOMATED_EMAIL …", nullable=True), "type"),
    Told(Field("state", TEXT, "PUBLISHED, AUTOMATED …", nullable=True), "state"),
    Told(Field("campaign_id", TEXT, "The campaign that it belongs to", nullable=True), "campaign"),
    _counter("sent", "sent", "E-mails sent", nullable=False),
    _counter("delivered", "delivered", "E-mails that arrived", nullable=False),
    _counter("opened", "open", "Recipients who opened; machines too, unless the account filters them", nullable=False),
    _counter("clicked", "click", "Recipients who clicked", nullable=False),
    _counter("unsubscribed", "unsubscribed", "Recipients who unsubscribed by it", nullable=False),
    _counter("bounced", "bounce", "Not delivered"),
    _counter("hard_bounced", "hardbounced", "Refused for good"),
    _counter("soft_bounced", "softbounced", "Refused for now"),
    _counter("spam_reports", "spamreport", "Complaints of spam"),
    _counter("selected", "selected", "Recipients chosen, before some were left out"),
    _counter("not_sent", "notsent", "Chosen, and not sent to"),
)
