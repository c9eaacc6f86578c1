"""Meta's own SDK as the client of the sandbox: insights at once and as report runs, accounts, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.meta_ads import meta_state_of
from sandbox.meta_columns import COLUMNS
from sandbox.meta_jobs import DEFAULT_FIELDS, FAILURE
from sandbox.meta_params import WINDOWS
from sandbox.meta_state import APP_ID, APP_SECRET, TOKEN
from sandbox.server import Sandbox
from tests.sandbox.small_world import SmallWorld

# The SDK writes annotations and escapes that Python 3.11 and later warn about; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")

FIELDS = [
    "account_id", "account_currency", "campaign_id", "campaign_name", "objective", "spend", "impressions", "clicks",
    "inline_link_clicks", "outbound_clicks", "reach", "frequency", "actions", "action_values", "purchase_roas",
    "conversions", "attribution_setting", "date_start", "date_stop",
]  # fmt: skip


def params(**changes: Any) -> dict[str, Any]:
    """A campaign-day report of the small world's week; the SDK writes into what it is given, hence a new one each."""
    return {
        "level": "campaign",
        "time_range": {"since": "2026-11-16", "until": "2026-11-22"},
        "time_increment": 1,
        "action_attribution_windows": ["1d_click", "7d_click", "1d_view"],
        "use_unified_attribution_setting": True,
        "limit": 2,
    } | changes


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK's AdAccount, its Graph address turned to the sandbox."""
    session = pytest.importorskip("facebook_business.session", reason="Meta's SDK is not installed")
    api = pytest.importorskip("facebook_business.api")
    ad_account = pytest.importorskip("facebook_business.adobjects.adaccount")
    monkeypatch.setattr(session.FacebookSession, "GRAPH", sandbox.url("meta_ads"))
    client = api.FacebookAdsApi.init(app_id=APP_ID, app_secret=APP_SECRET, access_token=TOKEN, crash_log=False)
    return ad_account.AdAccount("act_700800900", api=client)


def rows(cursor: Any) -> list[dict[str, Any]]:
    return [row.export_all_data() for row in cursor]


def test_the_sdk_speaks_the_version_that_the_sandbox_serves(account: Any) -> None:
    assert account.get_api().API_VERSION == "v26.0"


def test_the_sdk_pages_through_insights(account: Any) -> None:
    found = rows(account.get_insights(fields=FIELDS, params=params()))
    days = [(row["campaign_id"], row["date_start"], row["spend"]) for row in found]
    assert days == [("301", "2026-11-20", "25.37"), ("301", "2026-11-21", "20"), ("302", "2026-11-21", "4")]
    purchase = {"action_type": "omni_purchase", "value": "7", "1d_click": "2", "7d_click": "6", "1d_view": "1"}
    assert purchase in found[0]["actions"]


def test_the_sdk_starts_polls_and_reads_a_report_run(account: Any) -> None:
    run = account.get_insights(fields=list(FIELDS), params=params(), is_async=True)
    states = []
    while "Job Completed" not in states:
        run = run.api_get()
        states.append(run["async_status"])
    assert states[0] == "Job Not Started"
    assert rows(run.get_result(params={"limit": 2})) == rows(account.get_insights(fields=FIELDS, params=params()))


def test_the_sdk_lists_accounts(account: Any) -> None:
    user = pytest.importorskip("facebook_business.adobjects.user").User("me", api=account.get_api())
    found = rows(user.get_ad_accounts(fields=["account_id", "name", "currency", "timezone_name", "account_status"]))
    assert [(one["account_id"], one["currency"], one["timezone_name"]) for one in found] == [
        ("700800900", "EUR", "Europe/Amsterdam")
    ]


def test_the_sdk_reads_the_account_node(account: Any) -> None:
    assert account.api_get(fields=["currency"])["currency"] == "EUR"


def test_the_sdk_raises_its_own_error_with_the_code(account: Any) -> None:
    exceptions = pytest.importorskip("facebook_business.exceptions")
    with pytest.raises(exceptions.FacebookRequestError) as caught:
        account.get_insights(fields=["spend"], params=params(time_range={"since": "2026-11-22", "until": "2026-11-16"}))
    assert (caught.value.api_error_code(), caught.value.http_status()) == (100, 400)


def test_the_sdk_sees_what_is_transient_and_how_long_to_wait(sandbox: Sandbox, account: Any) -> None:
    exceptions = pytest.importorskip("facebook_business.exceptions")
    body = {"error": {"message": "Service temporarily unavailable", "code": 2, "is_transient": True}}
    sandbox.faults.script("meta_ads", [(500, body, {})])
    with pytest.raises(exceptions.FacebookRequestError) as transient:
        account.get_insights(fields=["spend"], params=params())
    meta_state_of(sandbox.world).throttled_minutes = 5
    with pytest.raises(exceptions.FacebookRequestError) as throttled:
        account.get_insights(fields=["spend"], params=params())
    meta_state_of(sandbox.world).throttled_minutes = None
    assert transient.value.api_transient_error()
    assert (throttled.value.api_error_code(), throttled.value.api_error_subcode()) == (80000, 2446079)
    assert "x-business-use-case-usage" in {name.lower() for name in throttled.value.http_headers()}


def test_the_sdk_sees_why_a_run_failed(sandbox: Sandbox, account: Any) -> None:
    meta_state_of(sandbox.world).fail_jobs = 1
    run = account.get_insights(fields=["spend"], params=params(), is_async=True)
    for _poll in range(3):
        run = run.api_get()
    assert (run["async_status"], run["error_code"]) == ("Job Failed", FAILURE["error_code"])


def test_every_name_is_one_of_the_sdk(account: Any) -> None:
    insights = pytest.importorskip("facebook_business.adobjects.adsinsights").AdsInsights
    run = pytest.importorskip("facebook_business.adobjects.adreportrun").AdReportRun
    assert set(COLUMNS) <= _constants(insights.Field)
    assert {*DEFAULT_FIELDS, *FAILURE, "is_running"} <= _constants(run.Field)
    # 1d_ev, incrementality: named in the changelog, and not (yet) constants in every SDK.
    assert set(WINDOWS) - {"1d_ev", "incrementality"} <= _constants(insights.ActionAttributionWindows)


def _constants(names: Any) -> set[str]:
    return {value for name, value in vars(names).items() if isinstance(value, str) and not name.startswith("__")}
