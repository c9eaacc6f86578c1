"""Our requests to Google, judged by its discovery document, its protobufs and its own libraries.

Not judged, as no file of the vendor's lists them: the names of GA4's dimensions and metrics, which GAQL fields go
together, and the REST path of searchStream.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import Sandbox
from tests.contract import google_discovery
from tests.contract.our_requests import MANAGER, Night, Sent, connector, recording, run

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_STREAM = re.compile(r"/(?P<version>v\d+)/customers/(?P<customer>\d{10})/googleAds:searchStream")
_QUOTED = re.compile(r"'[^']*'")
_FIELD = re.compile(r"\b[a-z_]+(?:\.[a-z0-9_]+)+\b")

NightOf = Callable[[str], Night]


# -- GA4 -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reports(night: NightOf) -> list[dict[str, Any]]:
    """The RunReportRequests of a night, as JSON."""
    types = pytest.importorskip("google.analytics.data_v1beta.types", reason="Google's GA4 client is not installed")
    from google.protobuf import json_format

    calls = night("ga4").grpc
    assert {call.method for call in calls} == {"RunReport"}
    return [json_format.MessageToDict(types.RunReportRequest.pb().FromString(call.body)) for call in calls]


def test_every_ga4_request_fits_the_discovery_document(reports: list[dict[str, Any]]) -> None:
    for body in reports:
        google_discovery.validate(body, "RunReportRequest")


def test_every_ga4_property_is_named_as_the_document_wants_it(reports: list[dict[str, Any]]) -> None:
    pattern = google_discovery.method("runReport")["parameters"]["property"]["pattern"]
    assert all(re.search(pattern, body["property"]) for body in reports)


def test_a_ga4_night_holds_every_kind_of_request(reports: list[dict[str, Any]]) -> None:
    assert {tuple(it["name"] for it in body.get("dimensions", [])) for body in reports} >= {
        (),
        ("date",),
        ("date", "sessionDefaultChannelGroup", "sessionSourceMedium", "sessionCampaignName"),
        ("date", "eventName", "sessionDefaultChannelGroup"),
    }
    assert {len(body["dateRanges"]) for body in reports} == {1, 2, 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"dimension": [{"name": "date"}]},
        {"dimensionFilter": {"filter": {"field_name": "eventName"}}},
        {"metricAggregations": ["SUM"]},
        {"offset": 1.5},
    ],
)
def test_the_document_refuses_a_wrong_ga4_request(reports: list[dict[str, Any]], wrong: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    with pytest.raises(jsonschema.ValidationError):
        google_discovery.validate(reports[0] | wrong, "RunReportRequest")


# -- Google Ads ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def searches(night: NightOf) -> list[Sent]:
    return night("google_ads").api("google_ads")


def strict(request: dict[str, Any]) -> Any:
    """The request as the vendor's message; its path's customer is a field of it. Raises ParseError on a wrong one."""
    service = _service()
    from google.protobuf import json_format

    return json_format.ParseDict(request, service.SearchGoogleAdsStreamRequest.pb()())


def _service(version: str = "v26") -> Any:
    name = f"google.ads.googleads.{version}.services.types.google_ads_service"
    return pytest.importorskip(name, reason="google-ads is not installed")


def unknown_fields(query: str) -> list[str]:
    """The names in a query that the vendor's rows do not have, the resource after FROM among them."""
    row = _service().GoogleAdsRow.pb().DESCRIPTOR
    bare = _QUOTED.sub("", query)
    names = [*_FIELD.findall(bare), *re.findall(r"\bFROM (\w+)", bare)]
    assert names
    return [name for name in names if not _known(row, name.split("."))]


def _known(message: Any, path: list[str]) -> bool:
    for part in path:
        if message is None or part not in message.fields_by_name:
            return False
        message = message.fields_by_name[part].message_type
    return True


def test_every_google_ads_body_is_the_vendors_message(searches: list[Sent]) -> None:
    for sent in searches:
        path = _STREAM.fullmatch(sent.path)
        assert path is not None, sent.path
        assert strict(sent.json | {"customerId": path["customer"]}).query == sent.json["query"]


def test_the_version_in_the_path_is_one_that_the_vendor_ships(searches: list[Sent]) -> None:
    versions = {match["version"] for sent in searches if (match := _STREAM.fullmatch(sent.path))}
    assert versions == {"v26"}
    assert all(_service(version) for version in versions)


def test_every_field_of_every_query_is_one_of_the_vendors(searches: list[Sent]) -> None:
    assert [unknown_fields(sent.json["query"]) for sent in searches] == [[]] * len(searches)


def test_the_question_for_the_clients_of_a_manager_is_known_too(now_sandbox: Sandbox, tmp_path: Path) -> None:
    from connectors.errors import ConfigurationError

    manager = connector("google_ads", now_sandbox, tmp_path, accounts=[MANAGER])
    with recording(now_sandbox) as found, pytest.raises(ConfigurationError, match="manager account"):
        run(manager)
    asked = [sent.json["query"] for sent in found.api("google_ads")]
    assert any("FROM customer_client" in query for query in asked)
    assert [unknown_fields(query) for query in asked] == [[]] * len(asked)


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("SELECT campaign.id, metrics.cost_micro FROM campaign", ["metrics.cost_micro"]),
        ("SELECT campaign.id FROM campaigns", ["campaigns"]),
        ("SELECT campaign.id FROM campaign WHERE segment.date = '2026-11-20'", ["segment.date"]),
        ("SELECT campaign.id.x FROM campaign WHERE campaign.name = 'no.field'", ["campaign.id.x"]),
    ],
)
def test_the_judge_sees_an_unknown_field(query: str, unknown: list[str]) -> None:
    assert unknown_fields(query) == unknown


def test_the_vendors_message_refuses_an_unknown_key() -> None:
    _service()
    from google.protobuf import json_format

    with pytest.raises(json_format.ParseError):
        strict({"query": "SELECT campaign.id FROM campaign", "pageSize": 5})


def test_headers_are_those_of_the_vendors_client(now_sandbox: Sandbox, tmp_path: Path) -> None:
    interceptors = pytest.importorskip("google.ads.googleads.interceptors", reason="google-ads is not installed")
    theirs = interceptors.MetadataInterceptor(developer_token="a-developer-token", login_customer_id=MANAGER)
    with recording(now_sandbox) as found:
        run(connector("google_ads", now_sandbox, tmp_path, developer_token="a-developer-token"))
    wanted = dict([theirs.developer_token_meta, theirs.login_customer_id_meta])
    for sent in found.api("google_ads"):
        assert {name: sent.headers.get(name) for name in wanted} == wanted


# -- OAuth ---------------------------------------------------------------------------------------------------------


def test_a_persons_token_is_asked_for_as_google_auth_does(night: NightOf) -> None:
    [by_google] = night("ga4").api("google_oauth")
    [by_us] = night("google_ads").api("google_oauth")
    assert (by_us.method, by_us.path, by_us.form) == (by_google.method, by_google.path, by_google.form)


@pytest.fixture(scope="module")
def robot(now_sandbox: Sandbox) -> Iterator[str]:
    """The JSON of a service account, as Google gives it out."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    info = {
        "type": "service_account",
        "client_email": "requests@sandbox.iam.gserviceaccount.com",
        "private_key": made.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode(),
        "private_key_id": "a-key-id",
        "token_uri": f"{now_sandbox.url('google_oauth')}/token",
    }
    yield json.dumps(info)


def assertion(name: str, sandbox: Sandbox, folder: Path, credentials: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of the assertion with which a service account asks for a token."""
    from google.auth import jwt

    with recording(sandbox) as found:
        run(connector(name, sandbox, folder, credentials=credentials))
    form = found.api("google_oauth")[0].form
    assert form.keys() == {"grant_type", "assertion"}
    assert form["grant_type"] == GRANT
    return jwt.decode_header(form["assertion"]), dict(jwt.decode(form["assertion"], verify=False))


def test_a_service_account_is_vouched_for_as_google_auth_does(now_sandbox: Sandbox, tmp_path: Path, robot: str) -> None:
    their_header, theirs = assertion("ga4", now_sandbox, tmp_path, robot)
    our_header, ours = assertion("google_ads", now_sandbox, tmp_path, robot)
    assert our_header == their_header
    assert ours.keys() == theirs.keys()
    assert ours["iss"] == theirs["iss"]
    assert ours["exp"] - ours["iat"] == theirs["exp"] - theirs["iat"]


def test_scopes_are_those_that_the_vendor_names(now_sandbox: Sandbox, tmp_path: Path, robot: str) -> None:
    ads = pytest.importorskip("google.ads.googleads.oauth2", reason="google-ads is not installed")
    _, claims = assertion("ga4", now_sandbox, tmp_path, robot)
    assert claims["scope"] in google_discovery.method("runReport")["scopes"]
    _, claims = assertion("google_ads", now_sandbox, tmp_path, robot)
    assert [claims["scope"]] == ads._SERVICE_ACCOUNT_SCOPES
