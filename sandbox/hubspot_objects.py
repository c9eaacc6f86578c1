"""The records of the CRM, as HubSpot writes them: contacts, deals and survey answers, every property as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.company import World
from sandbox.hubspot_access import CONTACTS, DEALS, FEEDBACK
from sandbox.hubspot_errors import invalid

Row = dict[str, Any]


@dataclass(frozen=True)
class ObjectType:
    """A kind of record. sql: its properties, as they are at $clock in $account, and `archived_at`.

    `created` and `modified` name the properties that every answer holds.
    """

    name: str
    scopes: tuple[str, ...]
    created: str
    modified: str
    sql: str


_CONTACTS = """
    SELECT contact_id AS hs_object_id, email, source AS hs_analytics_source, created_at AS createdate,
        CASE WHEN customer_at <= $clock THEN 'customer' WHEN opportunity_at <= $clock THEN 'opportunity' ELSE 'lead' END
            AS lifecyclestage,
        {stages},
        greatest(created_at, if(opportunity_at <= $clock, opportunity_at, NULL), if(customer_at <= $clock, customer_at,
            NULL)) AS lastmodifieddate,
        NULL::TIMESTAMP AS archived_at
    FROM crm_contacts JOIN crm_accounts USING (account_id) WHERE account_id = $account AND known_at <= $clock"""
_STAGE = """
        if({moment} <= $clock AND currency = 'EUR', {moment}, NULL) AS hs_lifecyclestage_{stage}_date,
        if({moment} <= $clock AND currency <> 'EUR', {moment}, NULL) AS hs_v2_date_entered_{stage}"""
"""The British account is younger, and has the newer properties."""
_MOMENTS = {"lead": "created_at", "opportunity": "opportunity_at", "customer": "customer_at"}
_DEALS = """
    SELECT deal_id AS hs_object_id, 'Bedrijfskleding ' || contact_id AS dealname, amount,
        amount AS amount_in_home_currency, if(currency = 'EUR', NULL, currency) AS deal_currency_code,
        'default' AS pipeline, created_at AS createdate, source AS hs_analytics_source,
        CASE WHEN NOT decided THEN 'qualifiedtobuy' WHEN won_date IS NULL THEN 'closedlost' ELSE 'closedwon' END
            AS dealstage,
        if(decided, closed_at, created_at + INTERVAL 30 DAY) AS closedate,
        decided AS hs_is_closed, decided AND won_date IS NOT NULL AS hs_is_closed_won,
        greatest(created_at, if(decided, decided_at, NULL)) AS hs_lastmodifieddate,
        if(deleted_at <= $clock, deleted_at, NULL) AS archived_at
    FROM (SELECT *, coalesce(decided_at <= $clock, false) AS decided FROM crm_deals)
    WHERE account_id = $account AND known_at <= $clock"""
_ANSWERS = """
    SELECT answer_id AS hs_object_id, survey_type AS hs_survey_type, value AS hs_value,
        CASE WHEN value >= {promoter} THEN 'PROMOTER' WHEN value >= {passive} THEN 'PASSIVE' ELSE 'DETRACTOR' END
            AS hs_sentiment,
        'Vraag ' || survey_type AS hs_survey_name, 'EMAIL' AS hs_survey_channel, 'Fijne stof!' AS hs_content,
        answered_at AS hs_submission_timestamp, answered_at AS hs_createdate, answered_at AS hs_lastmodifieddate,
        NULL::TIMESTAMP AS archived_at
    FROM crm_answers WHERE account_id = $account AND known_at <= $clock"""
_BY_SURVEY = "CASE survey_type WHEN 'CSAT' THEN {} WHEN 'CES' THEN {} ELSE {} END"
OBJECT_TYPES = {
    kind.name: kind
    for kind in (
        ObjectType(
            "contacts", (CONTACTS,), "createdate", "lastmodifieddate",
            _CONTACTS.format(stages=",".join(_STAGE.format(stage=it, moment=at) for it, at in _MOMENTS.items())),
        ),
        ObjectType("deals", (DEALS,), "createdate", "hs_lastmodifieddate", _DEALS),
        ObjectType(
            "feedback_submissions", (CONTACTS, FEEDBACK), "hs_createdate", "hs_lastmodifieddate",
            _ANSWERS.format(promoter=_BY_SURVEY.format(2, 6, 9), passive=_BY_SURVEY.format(1, 4, 7)),
        ),
    )
}  # fmt: skip


def object_type(name: str) -> ObjectType:
    """The kind of record that a path names. Raises HubspotError."""
    if name not in OBJECT_TYPES:
        raise invalid(f"Unable to infer object type from: {name}")
    return OBJECT_TYPES[name]


def rows(world: World, kind: ObjectType, rest: str, params: Row) -> list[Row]:
    """Rows of a kind, `rest` being what follows its FROM: WHERE, ORDER BY, LIMIT."""
    return world.arrow(f"SELECT * FROM ({kind.sql}) {rest}", params).to_pylist()


def count(world: World, kind: ObjectType, where: str, params: Row) -> int:
    """How many rows of a kind."""
    return int(world.query(f"SELECT count(*) FROM ({kind.sql}) {where}", params)[0][0])


def record(kind: ObjectType, row: Row, asked: list[str]) -> Row:
    """A row as HubSpot tells it. Properties that it has not are left out without a word."""
    always = ["hs_object_id", kind.created, kind.modified]
    properties = {name: text(row[name]) for name in dict.fromkeys([*asked, *always]) if name in row}
    told = {"id": str(row["hs_object_id"]), "properties": properties, "createdAt": text(row[kind.created]),
            "updatedAt": text(row[kind.modified]), "archived": row["archived_at"] is not None}  # fmt: skip
    return told | ({"archivedAt": text(row["archived_at"])} if told["archived"] else {})


def text(value: Any) -> str | None:
    """A property's value: always text. Moments are in milliseconds, in UTC."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
