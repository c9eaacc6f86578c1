"""Bad input gets a clear answer and nothing is lost: one fault of one platform at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import World
from sandbox.faults import Answer as Scripted
from sandbox.faults import Call
from sandbox.google_ads import quota_body
from tests.faults.one_platform import ROWS, STREAM, at, last_night, pull, spoiled, world_of_now
from tests.faults.spoiled import always, in_one_row, in_rows, repeating
from tests.house import House, closed_port
from tests.http_server import Answer

MANY = 1_000
Break = Callable[[House], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def world() -> World:
    return world_of_now()


@pytest.fixture(autouse=True, scope="module")
def impatient() -> Iterator[None]:
    """Pauses between tries pass at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
        yield


@contextmanager
def nobody_there(house: House, platform: str) -> Iterator[None]:
    with closed_port() as port:
        at(house, platform, base_url=f"{'grpc' if platform == 'ga4' else 'http'}://127.0.0.1:{port}")
        yield
    house.write(house.plain())


@contextmanager
def wrong_secret(house: House, platform: str, key: str) -> Iterator[None]:
    (house.folder / "wrong").write_text("not-the-secret-us21")
    if platform == "mailchimp":
        account = {"id": "nieuwsbrief", "api_key": "file:wrong", "brand": "duurzame-mode"}
        at(house, platform, accounts=[account])
    else:
        at(house, platform, **{key: "file:wrong"})
    yield
    house.write(house.plain())


@contextmanager
def revoked(house: House, platform: str) -> Iterator[None]:
    """The user of the Google account took the connection back."""
    told = json.loads((house.folder / "google_oauth.json").read_text())
    (house.folder / "revoked.json").write_text(json.dumps(told | {"refresh_token": "taken-back"}))
    at(house, platform, credentials="file:revoked.json")
    yield
    house.write(house.plain())


@contextmanager
def scripted(house: House, platform: str, answer: Scripted) -> Iterator[None]:
    house.faults.script(platform, [answer] * MANY)
    yield
    while house.faults.pending(platform):
        house.faults.next_answer(Call(platform, "", "", "", b""))


def cut(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def hung_up(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, answer.headers, truncate=True)


def page(document: dict[str, Any]) -> None:
    document["paging"] = {"cursors": {"after": "again"}, "next": "https://graph.facebook.com/v26.0/again?after=again"}


def more(document: dict[str, Any]) -> None:
    document["total_items"] = 10_000


HTML = Answer(200, b"<html><h1>We will be right back</h1></html>", {"Content-Type": "text/html"})
DOWN = Answer(503, b"down", {"Retry-After": "0"})
BUSY = Answer(429, b"{}", {"Retry-After": "7200"})
META_ERROR = Answer(200, {"error": {"message": "(#190) Token expired", "type": "OAuthException", "code": 190}})
SHOPIFY_ERROR = Answer(200, {"errors": [{"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}]})
NEXT_NIGHT = "the next night tries again"
NO_TOKENS = "Exhausted property tokens per day. These quota tokens will return in less than 24 hours."
GA4_QUOTA = Scripted(429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": NO_TOKENS}})
ADS_QUOTA = Scripted(429, quota_body("RESOURCE_EXHAUSTED", retry_delay_s=40_000))


@dataclass(frozen=True)
class Fault:
    """What breaks, and what a person should be told: words of the message, and the class of what happens next."""

    name: str
    platform: str
    broken: Break
    action: str
    words: str = ""


def spoilt(platform: str, name: str, change: Any, action: str, words: str = "") -> Fault:
    return Fault(name, platform, lambda house: spoiled(house, platform, change), action, words)


FAULTS = [
    *(
        Fault("no network", platform, lambda house, at=platform: nobody_there(house, at), "retry", "base_url")
        for platform in STREAM
    ),
    *(
        Fault("wrong credential", platform, lambda house, p=platform, k=key: wrong_secret(house, p, k), "reauthorise")
        for platform, key in (
            ("meta_ads", "access_token"),
            ("mailchimp", "api_key"),
            ("shopify", "client_secret"),
        )
    ),
    *(
        Fault("revoked credential", platform, lambda house, p=platform: revoked(house, p), "reauthorise", "connect")
        for platform in ("ga4", "google_ads")
    ),
    Fault("quota", "ga4", lambda house: scripted(house, "ga4", GA4_QUOTA), "defer", "quota"),
    Fault("quota", "google_ads", lambda house: scripted(house, "google_ads", ADS_QUOTA), "defer"),
    *(spoilt(name, "quota", always(ROWS[name], BUSY), "defer", NEXT_NIGHT) for name in ("meta_ads", "shopify", "ecb")),
    *(spoilt(name, "down", always(rows, DOWN), "retry", NEXT_NIGHT) for name, rows in ROWS.items()),
    *(spoilt(name, "HTML for an answer", always(rows, HTML), "report", NEXT_NIGHT) for name, rows in ROWS.items()),
    *(spoilt(name, "a broken connection", always(rows, hung_up), "retry", NEXT_NIGHT) for name, rows in ROWS.items()),
    *(
        spoilt(name, "half an answer", always(ROWS[name], cut), "report", NEXT_NIGHT)
        for name in ("meta_ads", "mailchimp", "shopify", "ecb")
    ),
    spoilt("google_ads", "half an answer", always(ROWS["google_ads"], cut), "retry", NEXT_NIGHT),
    spoilt("meta_ads", "an error in a 200", always(ROWS["meta_ads"], META_ERROR), "reauthorise"),
    spoilt("shopify", "an error in a 200", always(ROWS["shopify"], SHOPIFY_ERROR), "configure"),
    spoilt("meta_ads", "a page that repeats", repeating(ROWS["meta_ads"], page), "report", "page"),
    spoilt("mailchimp", "a page that repeats", repeating(ROWS["mailchimp"], more), "report", "page"),
    *(
        spoilt(
            name,
            "a field that is gone",
            in_rows(ROWS[name], lambda row, field=ROWS[name].field: row.pop(field)),
            "report",
            "rows do not fit",
        )
        for name in ("meta_ads", "mailchimp")
    ),
    *(
        spoilt(
            name,
            "a field of another type",
            in_rows(ROWS[name], lambda row, field=ROWS[name].field: row.update({field: "many"})),
            "report",
            "rows do not fit",
        )
        for name in ("google_ads", "meta_ads", "mailchimp", "shopify")
    ),
]


@dataclass(frozen=True)
class Outcome:
    """A night with a fault between two good ones."""

    fault: Fault
    errors: list[str]
    before: dict[str, str]
    after: dict[str, str]
    loads: list[dict[str, Any]]
    healed: dict[str, str]
    healed_loads: list[dict[str, Any]]


@pytest.fixture(scope="module", params=FAULTS, ids=lambda fault: f"{fault.platform}: {fault.name}")
def outcome(request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    fault: Fault = request.param
    night = last_night(world)
    with House(tmp_path_factory.mktemp("house"), world, history_days=5) as house:
        assert pull(house, fault.platform, night - timedelta(days=1)).complete
        before = house.files()
        with fault.broken(house):
            result = pull(house, fault.platform, night)
        after, loads = house.files(), loads_of(house, night)
        healed = pull(house, fault.platform, night)
        assert healed.complete, healed.errors
        errors = [str(error) for error in result.errors]
        return Outcome(fault, errors, before, after, loads, house.files(), loads_of(house, night))


def loads_of(house: House, night: date) -> list[dict[str, Any]]:
    return [row for row in house.ledger("loads") if row["run_day"] == night]


def test_the_message_says_where_and_what_to_do(outcome: Outcome) -> None:
    assert outcome.errors
    for error in outcome.errors:
        assert error.startswith(f"{outcome.fault.platform} ")
        assert STREAM[outcome.fault.platform] in error
        assert outcome.fault.words in error
        assert error.endswith(")"), "what can be done stands in brackets at the end"


def test_no_secret_is_in_the_message(outcome: Outcome) -> None:
    secrets = ("not-the-secret", "taken-back", "sandbox-secret", "ya29.", "shpat_", "EAAG")
    assert not [error for error in outcome.errors if any(secret in error for secret in secrets)]


def test_the_lake_keeps_what_it_had(outcome: Outcome) -> None:
    assert outcome.after == outcome.before


def test_the_ledger_says_why_and_what_happens_next(outcome: Outcome) -> None:
    assert {(row["complete"], row["action"]) for row in outcome.loads} == {(False, outcome.fault.action)}
    assert all(row["reason"] for row in outcome.loads)


def test_the_night_after_makes_it_good(outcome: Outcome) -> None:
    newest = max(outcome.healed_loads, key=lambda row: row["loaded_at"])["loaded_at"]
    assert all(row["complete"] for row in outcome.healed_loads if row["loaded_at"] == newest)
    assert outcome.healed.keys() > outcome.before.keys()


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, world, history_days=5) as made:
        yield made


@pytest.mark.parametrize("platform", ["google_ads", "meta_ads", "mailchimp", "shopify"])
def test_a_field_that_is_new_changes_nothing(house: House, world: World, platform: str) -> None:
    pull(house, platform, last_night(world) - timedelta(days=1))
    clean = pull(house, platform, last_night(world))
    with spoiled(house, platform, in_rows(ROWS[platform], lambda row: row.update(surprise=1))):
        spoilt = pull(house, platform, last_night(world))
    assert (spoilt.rows, spoilt.quarantined, spoilt.complete) == (clean.rows, 0, True)


@pytest.mark.parametrize("platform", ["google_ads", "meta_ads", "mailchimp", "shopify"])
def test_a_row_that_does_not_fit_goes_to_quarantine_and_all_rows_are_accounted_for(
    house: House, world: World, platform: str
) -> None:
    pull(house, platform, last_night(world) - timedelta(days=1))
    clean = pull(house, platform, last_night(world))
    field = ROWS[platform].field
    with spoiled(house, platform, in_one_row(ROWS[platform], lambda row: row.update({field: "many"}))):
        result = pull(house, platform, last_night(world))
    assert result.complete
    assert result.quarantined > 0
    assert result.rows + result.quarantined == clean.rows
    assert len(house.ledger("quarantine")) == result.quarantined
    assert all("many" in row["reason"] for row in house.ledger("quarantine"))


def test_a_token_that_expired_is_refreshed_and_nobody_notices(house: House, world: World) -> None:
    from sandbox.google_tokens import tokens_of

    tokens_of(world).expire_all()
    assert pull(house, "google_ads", last_night(world)).complete
