"""What is told over a sequence of nights, and what is not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.alerts import known
from pipelines.alerts.causes import StepFailure
from pipelines.alerts.post import ALREADY
from tests.alerts.company import FIRST, OCTOBER, Company, load, missing, verdict
from tests.http_server import Request, Server
from tests.spaces import plain

DECEMBER = date(2026, 12, 1)
GREEN, RISK, OFF = "on_target", "at_risk", "off_target"


@pytest.fixture
def company(tmp_path: Any, server: Server) -> Company:
    return Company(tmp_path, [{"name": "alles", "url": f"{server.url}/alles"}])


def night(number: int) -> date:
    return FIRST + timedelta(days=number)


def kinds(request: Request) -> list[tuple[str, str]]:
    """What a message tells: kind and KPI of each change."""
    return [(change["kind"], change["kpi_id"]) for change in request.json["digest"]["changes"]]


def text(request: Request) -> str:
    return plain(request.json["message"])


def test_a_first_night_tells_what_is_red(company: Company, server: Server) -> None:
    company.night(FIRST, verdict("revenue", GREEN), verdict("cpa", OFF), verdict("cpc", RISK))
    assert kinds(server.requests[0]) == [(OFF, "cpa"), (RISK, "cpc")]
    assert "Eerste bericht" in text(server.requests[0])


def test_a_first_night_on_target_is_silent(company: Company, server: Server) -> None:
    (told,) = company.night(FIRST, verdict("revenue", GREEN))
    assert (told.state, server.requests) == (known.NOTHING, [])


def test_what_stays_as_it_is_is_not_told_again(company: Company, server: Server) -> None:
    for number in range(3):
        company.night(night(number), verdict("cpa", OFF))
    assert len(server.requests) == 1


def test_a_verdict_that_changes_is_told_with_what_it_was(company: Company, server: Server) -> None:
    company.night(night(0), verdict("cpa", GREEN))
    company.night(night(1), verdict("cpa", OFF))
    assert "Kosten per acquisitie (CPA), 2026-11 (loopt): € 30,00 tegen een doel van € 25,00; was op koers" in text(
        server.requests[0]
    )


@pytest.mark.parametrize(("before", "after"), [(OFF, RISK), (RISK, OFF)])
def test_better_and_worse_are_told(company: Company, server: Server, before: str, after: str) -> None:
    company.night(night(0), verdict("cpa", before))
    company.night(night(1), verdict("cpa", after))
    assert kinds(server.requests[1]) == [(after, "cpa")]


def test_a_recovery_is_told_once(company: Company, server: Server) -> None:
    for number, told in enumerate([OFF, GREEN, GREEN]):
        company.night(night(number), verdict("cpa", told))
    assert [kinds(request) for request in server.requests] == [[(OFF, "cpa")], [("recovered", "cpa")]]


def test_a_new_period_that_is_red_is_news(company: Company, server: Server) -> None:
    company.night(night(0), verdict("cpa", OFF))
    company.night(night(1), verdict("cpa", OFF), verdict("cpa", OFF, DECEMBER))
    assert [change["period_start"] for change in server.requests[1].json["digest"]["changes"]] == ["2026-12-01"]


def test_a_new_period_that_is_on_target_after_a_red_one_is_a_recovery(company: Company, server: Server) -> None:
    company.night(night(0), verdict("cpa", OFF))
    company.night(night(1), verdict("cpa", OFF), verdict("cpa", GREEN, DECEMBER))
    company.night(night(2), verdict("cpa", OFF), verdict("cpa", GREEN, DECEMBER))
    assert [kinds(request) for request in server.requests[1:]] == [[("recovered", "cpa")]]


def test_a_new_period_that_is_too_young_is_silent(company: Company, server: Server) -> None:
    young = verdict("cpa", "no_verdict", DECEMBER, reason_code="too_early", reason="nog te vroeg in de periode")
    company.night(night(0), verdict("cpa", GREEN))
    company.night(night(1), verdict("cpa", GREEN), young)
    assert server.requests == []


def test_a_restated_verdict_of_a_past_period_is_told_once(company: Company, server: Server) -> None:
    now = verdict("cpa", GREEN)
    for number, told in enumerate([GREEN, OFF, OFF]):
        company.night(night(number), verdict("cpa", told, OCTOBER, period_state="complete"), now)
    (only,) = server.requests
    assert kinds(only) == [("restated", "cpa")]
    assert "2026-10: € 30,00 tegen een doel van € 25,00; op koers → niet gehaald" in text(only)


def test_an_older_period_that_comes_to_the_front_for_want_of_data_recovers_nothing(
    company: Company, server: Server
) -> None:
    october = verdict("cpa", GREEN, OCTOBER, period_state="complete")
    company.night(night(0), october, verdict("cpa", OFF))
    company.night(night(1), october, missing("cpa", "gegevens ontbreken: meta_ads Meta NL campaign_day 2026-11-11"))
    company.night(night(2), october, verdict("cpa", OFF))
    assert [kinds(request) for request in server.requests] == [[(OFF, "cpa")], [], []]


def test_a_late_source_is_one_line_with_the_kpis_that_it_takes_along(company: Company, server: Server) -> None:
    company.pull(load(FIRST, hint="is the network up?"))
    company.night(FIRST, missing("revenue"), missing("cpa"), verdict("cpc", GREEN))
    lines = [line for line in text(server.requests[0]).splitlines() if line.startswith("- ")]
    assert lines == [
        "- shopify Webshop: HTTP 503; is the network up? (raakt: Omzet, Kosten per acquisitie (CPA))",
    ]


def test_two_accounts_with_the_same_trouble_are_one_line(company: Company, server: Server) -> None:
    company.pull(load(FIRST), load(FIRST, "outlet.myshopify.com"))
    company.night(FIRST, missing("revenue"))
    assert "- shopify Webshop, Outlet: HTTP 503; de volgende nacht probeert het opnieuw (raakt: Omzet)" in text(
        server.requests[0]
    )


def test_a_source_that_stays_late_is_told_once_and_its_return_once(company: Company, server: Server) -> None:
    for number in range(2):
        company.pull(load(night(number)))
        company.night(night(number), missing("revenue"))
    for number in (2, 3):
        company.night(night(number), verdict("revenue", GREEN))
    assert len(server.requests) == 2
    assert "shopify Webshop: weer in orde" in text(server.requests[1])


def test_a_broken_pull_is_told_where_no_verdict_changed(company: Company, server: Server) -> None:
    company.pull(load(FIRST, connector="meta_ads", stream="campaign_day", account_id="7", action="reauthorise"))
    company.night(FIRST, verdict("revenue", GREEN))
    assert "meta_ads Meta NL: HTTP 503; verbind het account opnieuw" in text(server.requests[0])
    assert "de nacht liep niet goed af" in server.requests[0].json["title"]


def test_a_pull_that_was_made_good_in_the_same_night_is_no_news(company: Company, server: Server) -> None:
    first = load(FIRST)
    company.pull(first, load(FIRST, complete=True, action=None, loaded_at=first.loaded_at + timedelta(minutes=20)))
    company.night(FIRST, verdict("revenue", GREEN))
    assert server.requests == []


@pytest.mark.parametrize("action", ["wait", None])
def test_a_platform_that_is_late_as_ever_is_no_news(company: Company, server: Server, action: str | None) -> None:
    company.pull(load(FIRST, action=action))
    company.night(FIRST, verdict("revenue", GREEN))
    assert server.requests == []


def test_a_hole_that_no_pull_of_the_night_explains_is_named_by_its_reason(company: Company, server: Server) -> None:
    company.night(FIRST, missing("revenue"))
    assert "- gegevens ontbreken: shopify Webshop orders 2026-11-10 – HTTP 503 (raakt: Omzet)" in text(
        server.requests[0]
    ).replace("shopify Webshop: gegevens", "gegevens")


def test_a_build_that_failed_is_told_and_changes_no_verdict(company: Company, server: Server) -> None:
    company.night(night(0), verdict("cpa", OFF))
    company.post(night(1), StepFailure("dbt_build", "dbt_build: a key stands twice\nand more"))
    company.night(night(2), verdict("cpa", OFF))
    failed, back = map(text, server.requests[1:])
    assert "dbt_build: a key stands twice; open de run in Dagster (`kompas ui`)" in failed
    assert "De KPI's zijn deze nacht niet beoordeeld." in failed
    assert "and more" not in failed
    assert "dbt_build: weer in orde" in back


def test_a_step_of_a_platform_whose_account_is_named_is_not_told_beside_it(company: Company, server: Server) -> None:
    company.pull(load(FIRST))
    company.judge(FIRST, verdict("revenue", GREEN))
    company.post(FIRST, StepFailure("shopify", "shopify Webshop orders: HTTP 503", is_pull=True))
    assert text(server.requests[0]).count("HTTP 503") == 1


def test_a_step_that_broke_before_it_wrote_its_ledger_is_told(company: Company, server: Server) -> None:
    company.judge(FIRST, verdict("revenue", GREEN))
    company.post(FIRST, StepFailure("shopify", "KeyError: 'id'", is_pull=True))
    assert "- shopify: KeyError: 'id'" in text(server.requests[0])


# The weekly reminder. FIRST is a Tuesday, so that night(5) is the Sunday of which is told on Monday.


def test_what_stays_red_is_told_again_on_monday_morning(company: Company, server: Server) -> None:
    for number in range(13):
        company.night(night(number), verdict("cpa", OFF), verdict("cpc", GREEN))
    assert [kinds(request) for request in server.requests] == [[(OFF, "cpa")], [("stays", "cpa")], [("stays", "cpa")]]
    assert [request.json["digest"]["night"] for request in server.requests[1:]] == ["2026-11-15", "2026-11-22"]
    assert "niet gehaald; sinds 10 nov 2026" in text(server.requests[1])


def test_a_source_that_stays_away_is_told_again_on_monday_morning(company: Company, server: Server) -> None:
    for number in range(6):
        company.pull(load(night(number)))
        company.night(night(number), missing("revenue"))
    assert len(server.requests) == 2
    assert "(raakt: Omzet) (sinds 10 nov 2026)" in text(server.requests[1])


def test_a_monday_without_a_night_moves_the_reminder_to_tuesday(company: Company, server: Server) -> None:
    for number in (0, 1, 2, 3, 4, 6):
        company.night(night(number), verdict("cpa", OFF))
    assert [kinds(request) for request in server.requests[1:]] == [[("stays", "cpa")]]


def test_another_weekday_can_be_set(tmp_path: Any, server: Server) -> None:
    company = Company(tmp_path, [{"name": "alles", "url": server.url}], remind_on="friday")
    for number in range(4):
        company.night(night(number), verdict("cpa", OFF))
    assert [request.json["digest"]["night"] for request in server.requests] == ["2026-11-10", "2026-11-12"]


# Routes


@pytest.fixture
def routed(tmp_path: Any, server: Server) -> Company:
    channels = [
        {"name": "ads", "url": f"{server.url}/ads", "owners": ["ads"], "language": "en"},
        {"name": "omzet", "url": f"{server.url}/omzet", "kpis": ["revenue"]},
        {"name": "alles", "url": f"{server.url}/alles"},
    ]
    return Company(tmp_path, channels)


def by_path(server: Server) -> dict[str, Request]:
    return {request.path: request for request in server.requests}


def test_a_channel_gets_what_is_of_its_owners_and_kpis(routed: Company, server: Server) -> None:
    routed.night(FIRST, verdict("revenue", RISK), verdict("cpa", OFF), verdict("cpc", RISK))
    told = {path: kinds(request) for path, request in by_path(server).items()}
    assert told == {
        "/ads": [(OFF, "cpa"), (RISK, "cpc")],
        "/omzet": [(RISK, "revenue")],
        "/alles": [(OFF, "cpa"), (RISK, "revenue"), (RISK, "cpc")],
    }


def test_a_channel_that_nothing_concerns_is_left_alone(routed: Company, server: Server) -> None:
    routed.night(FIRST, verdict("revenue", RISK))
    assert by_path(server).keys() == {"/omzet", "/alles"}


def test_a_cause_goes_where_a_kpi_is_hit_and_names_that_kpi_alone(routed: Company, server: Server) -> None:
    routed.pull(load(FIRST))
    routed.night(FIRST, missing("revenue"), missing("cpa"))
    assert "(raakt: Omzet)" in text(by_path(server)["/omzet"])
    assert "(affects: Cost per acquisition (CPA))" in text(by_path(server)["/ads"])


def test_a_broken_pull_that_takes_no_kpi_along_goes_to_who_gets_everything(routed: Company, server: Server) -> None:
    routed.pull(load(FIRST))
    routed.night(FIRST, verdict("revenue", GREEN))
    assert by_path(server).keys() == {"/alles"}


def test_a_night_that_failed_as_a_whole_goes_to_everybody(routed: Company, server: Server) -> None:
    routed.post(FIRST, StepFailure("dbt_build", "a key stands twice"))
    assert by_path(server).keys() == {"/ads", "/omzet", "/alles"}


def test_a_reason_is_told_in_the_channel_s_own_language(routed: Company, server: Server) -> None:
    guarded = verdict("cpa", RISK, reason_code="guardrail", reason="groei niet duurzaam; niet gehaald: Omzet")
    routed.night(FIRST, guarded)
    assert "growth that does not last; target missed by Revenue" in text(by_path(server)["/ads"])
    assert "groei niet duurzaam; niet gehaald: Omzet" in text(by_path(server)["/alles"])


# Once


def test_a_night_that_is_told_again_sends_nothing(company: Company, server: Server) -> None:
    company.night(FIRST, verdict("cpa", OFF))
    (again,) = company.post(FIRST)
    assert (again.state, len(server.requests)) == (ALREADY, 1)


def test_what_a_rerun_of_the_night_changes_is_told_the_next_night(company: Company, server: Server) -> None:
    company.night(FIRST, missing("revenue"))
    company.night(FIRST, verdict("revenue", OFF))
    company.night(night(1), verdict("revenue", OFF))
    assert [kinds(request) for request in server.requests] == [[], [(OFF, "revenue")]]


def test_an_older_night_that_is_run_again_is_not_told(company: Company, server: Server) -> None:
    company.night(night(1), verdict("cpa", GREEN))
    (told,) = company.post(FIRST)
    assert (told.state, server.requests) == (ALREADY, [])


def test_a_silent_night_that_is_repaired_for_the_worse_is_told(company: Company, server: Server) -> None:
    company.night(FIRST, verdict("cpa", GREEN))
    company.night(FIRST, verdict("cpa", OFF))
    assert [kinds(request) for request in server.requests] == [[(OFF, "cpa")]]
