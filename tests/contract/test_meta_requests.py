"""Our requests to Meta, judged by its own SDK: names of fields and parameters, their types and their values.

Not judged, as the SDK lists too much or nothing: windows that Meta has retired since (7d_view), which fields go
together, and what `filtering` may name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.meta_state import APP_ID, APP_SECRET, TOKEN
from tests.contract.our_requests import Night, Sent

# The SDK writes annotations and escapes that Python 3.11 and later warn about; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")

ACCOUNT = "act_700800900"
PAGING = {"limit": "int", "after": "string"}
"""What any list of the Graph API takes; the SDK's cursors send them without declaring them."""


@pytest.fixture(scope="module")
def calls(night: Callable[[str], Night]) -> list[Sent]:
    return night("meta_ads").api("meta_ads")


def sdk(module: str) -> Any:
    return pytest.importorskip(f"facebook_business.{module}", reason="Meta's SDK is not installed")


def of(calls: list[Sent], method: str, node: str) -> list[dict[str, str]]:
    """The parameters of all calls to a node or edge, wherever they were sent; a run's number is written `run`."""
    found = [sent for sent in calls if (sent.method, _node(sent)) == (method, node)]
    assert found
    return [sent.query | (sent.form if sent.method == "POST" else {}) for sent in found]


def _node(sent: Sent) -> str:
    _version, node, *edge = sent.path.lstrip("/").split("/")
    return "/".join(["run" if node.isdigit() else "account" if node == ACCOUNT else node, *edge])


def unknown_fields(params: dict[str, str], kind: Any) -> list[str]:
    """Names in the parameter `fields` that are no field of an object of the SDK."""
    known = {value for name, value in vars(kind.Field).items() if not name.startswith("__")}
    return [name for name in params["fields"].split(",") if name not in known]


def misfits(params: dict[str, str], is_async: bool = False) -> list[str]:
    """Parameters of an insights call that the SDK does not declare, or whose values it would refuse."""
    client = sdk("api").FacebookAdsApi(sdk("session").FacebookSession(APP_ID, APP_SECRET, TOKEN))
    account = sdk("adobjects.adaccount").AdAccount(ACCOUNT, api=client)
    types = account.get_insights(pending=True, is_async=is_async)._param_checker
    paging = {name: sdk("typechecker").TypeChecker(PAGING, {}) for name in PAGING}
    checkers = {name: paging.get(name, types) for name in params if name not in ("fields", "appsecret_proof")}
    values = {name: _value(checker.get_type(name) or "", params[name]) for name, checker in checkers.items()}
    return [
        name
        for name, checker in checkers.items()
        if not checker.is_valid_key(name) or not checker.is_valid_pair(name, values[name])
    ]


def _value(kind: str, text: str) -> Any:
    """What the SDK is given for what is sent as text: lists and objects travel as JSON."""
    return json.loads(text) if kind.startswith(("list", "map")) else text


def test_every_kind_of_call_is_made(calls: list[Sent]) -> None:
    assert {(sent.method, _node(sent)) for sent in calls} == {
        ("GET", "account"),
        ("GET", "account/insights"),
        ("POST", "account/insights"),
        ("GET", "run"),
        ("GET", "run/insights"),
    }


def test_the_version_is_the_sdks(calls: list[Sent]) -> None:
    assert {sent.path.split("/")[1] for sent in calls} == {sdk("apiconfig").ads_api_config["API_VERSION"]}


def test_fields_of_the_account_are_the_sdks(calls: list[Sent]) -> None:
    kind = sdk("adobjects.adaccount").AdAccount
    assert [unknown_fields(params, kind) for params in of(calls, "GET", "account")] == [[]]


def test_fields_of_a_run_are_the_sdks(calls: list[Sent]) -> None:
    kind = sdk("adobjects.adreportrun").AdReportRun
    assert not any(unknown_fields(params, kind) for params in of(calls, "GET", "run"))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fields_of_insights_are_the_sdks(calls: list[Sent], method: str) -> None:
    kind = sdk("adobjects.adsinsights").AdsInsights
    assert not any(unknown_fields(params, kind) for params in of(calls, method, "account/insights"))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_parameters_of_insights_are_the_sdks(calls: list[Sent], method: str) -> None:
    asked = of(calls, method, "account/insights")
    assert [misfits(params, is_async=method == "POST") for params in asked] == [[]] * len(asked)


def test_the_rows_of_a_run_are_only_paged(calls: list[Sent]) -> None:
    assert all(params.keys() <= {*PAGING, "appsecret_proof"} for params in of(calls, "GET", "run/insights"))


def test_filtered_statuses_are_all_that_the_sdk_knows(calls: list[Sent]) -> None:
    known = vars(sdk("adobjects.campaign").Campaign.EffectiveStatus).items()
    statuses = {value for name, value in known if not name.startswith("__")}
    for params in of(calls, "POST", "account/insights"):
        [only] = json.loads(params["filtering"])
        assert (only["field"], only["operator"], set(only["value"])) == ("campaign.effective_status", "IN", statuses)


def test_the_proof_is_the_sdks(calls: list[Sent]) -> None:
    session = sdk("session").FacebookSession(APP_ID, APP_SECRET, TOKEN)
    proofs = {(sent.query | sent.form).get("appsecret_proof") for sent in calls}
    assert proofs == {session.appsecret_proof}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"action_attribution_window": '["7d_click"]'}, ["action_attribution_window"]),
        ({"action_attribution_windows": '["7d_klik"]'}, ["action_attribution_windows"]),
        ({"level": "campaigns"}, ["level"]),
        ({"action_report_time": "click"}, ["action_report_time"]),
        ({"use_unified_attribution_setting": "yes"}, ["use_unified_attribution_setting"]),
        ({"time_range": '["2026-11-20"]'}, ["time_range"]),
        ({"limit": "many"}, ["limit"]),
    ],
)
def test_the_sdk_refuses_a_wrong_parameter(calls: list[Sent], changes: dict[str, str], found: list[str]) -> None:
    assert misfits(of(calls, "POST", "account/insights")[0] | changes) == found


def test_the_sdk_refuses_a_misspelt_field() -> None:
    kind = sdk("adobjects.adsinsights").AdsInsights
    assert unknown_fields({"fields": "spend,inline_link_click"}, kind) == ["inline_link_click"]
