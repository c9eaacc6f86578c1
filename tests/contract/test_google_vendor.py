"""Google's own code as the judge: its GA4 client, its discovery document, its Google Ads protobufs, its OAuth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox import ga4
from sandbox.company import World
from sandbox.faults import Faults
from sandbox.google_ads import TRANSIENT, quota_body
from sandbox.google_tokens import tokens_of
from sandbox.server import Sandbox
from tests.contract.google_discovery import validate
from tests.sandbox.small_world import SmallWorld

SHOP, AGENCY, MANAGER = "1112223334", "5556667778", "9990001112"
WEEK = "segments.date BETWEEN '2026-11-16' AND '2026-11-22'"
CAMPAIGN_DAY = f"""SELECT segments.date, customer.id, customer.currency_code, customer.time_zone,
    campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type,
    metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.interactions,
    metrics.conversions, metrics.conversions_value, metrics.all_conversions, metrics.all_conversions_value,
    metrics.view_through_conversions,
    metrics.conversions_by_conversion_date, metrics.conversions_value_by_conversion_date
    FROM campaign WHERE {WEEK}"""
CHANNEL_DAY = {
    "dateRanges": [{"startDate": "2026-11-16", "endDate": "2026-11-22"}],
    "dimensions": [
        {"name": name} for name in ("date", "sessionDefaultChannelGroup", "sessionSourceMedium", "sessionCampaignName")
    ],
    "metrics": [{"name": name} for name in ("sessions", "totalUsers", "keyEvents", "purchaseRevenue")],
    "orderBys": [{"dimension": {"dimensionName": "date"}}],
    "limit": "2",
    "offset": "1",
    "keepEmptyRows": False,
    "returnPropertyQuota": True,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


# -- GA4 by Google's client over gRPC ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def analytics(sandbox: Sandbox) -> Iterator[Any]:
    data = pytest.importorskip("google.analytics.data_v1beta", reason="Google's GA4 client is not installed")
    transports = pytest.importorskip("google.analytics.data_v1beta.services.beta_analytics_data.transports")
    grpc = pytest.importorskip("grpc", reason="grpc is not installed")
    channel = grpc.insecure_channel(sandbox.url("ga4"))
    yield data.BetaAnalyticsDataClient(transport=transports.BetaAnalyticsDataGrpcTransport(channel=channel))
    channel.close()


@pytest.fixture
def bearer(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {tokens_of(sandbox.world).issue()}")]


def report(**changes: Any) -> Any:
    from google.analytics.data_v1beta.types import RunReportRequest
    from google.protobuf import json_format

    raw = RunReportRequest.pb(RunReportRequest())
    json_format.ParseDict(CHANNEL_DAY | {"property": "properties/424242"} | changes, raw)
    return RunReportRequest.wrap(raw)


def test_googles_client_pages_through_a_report(analytics: Any, bearer: list[tuple[str, str]]) -> None:
    found: list[list[str]] = []
    while True:
        answer = analytics.run_report(report(offset=len(found)), metadata=bearer)
        found += [[cell.value for cell in (*row.dimension_values, *row.metric_values)] for row in answer.rows]
        if len(found) >= answer.row_count:
            break
    assert len(found) == answer.row_count == 6
    assert found[1] == ["20261120", "Paid Search", "google / cpc", "Brand", "1", "1", "1", "121"]


def test_googles_client_reads_types_metadata_and_quota(analytics: Any, bearer: list[tuple[str, str]]) -> None:
    answer = analytics.run_report(report(), metadata=bearer)
    assert [header.type_.name for header in answer.metric_headers] == [
        "TYPE_INTEGER",
        "TYPE_INTEGER",
        "TYPE_FLOAT",
        "TYPE_CURRENCY",
    ]
    assert (answer.metadata.currency_code, answer.metadata.time_zone) == ("EUR", "Europe/Amsterdam")
    assert answer.property_quota.tokens_per_day.remaining > 0


def test_googles_client_asks_for_users_of_four_named_ranges(analytics: Any, bearer: list[tuple[str, str]]) -> None:
    starts = {"week": "2026-11-16", "month": "2026-11-01", "quarter": "2026-10-01", "half_year": "2026-07-01"}
    ranges = [{"name": name, "startDate": day, "endDate": "2026-11-22"} for name, day in starts.items()]
    asked = report(dateRanges=ranges, dimensions=[], orderBys=[], metrics=[{"name": "totalUsers"}], offset=0, limit=9)
    answer = analytics.run_report(asked, metadata=bearer)
    users = {row.dimension_values[0].value: int(row.metric_values[0].value) for row in answer.rows}
    assert users == {"week": 4, "month": 4, "quarter": 5, "half_year": 5}


def test_googles_client_raises_its_own_exceptions(analytics: Any, bearer: list[tuple[str, str]]) -> None:
    exceptions = pytest.importorskip("google.api_core.exceptions")
    with pytest.raises(exceptions.Unauthenticated):
        analytics.run_report(report())
    with pytest.raises(exceptions.PermissionDenied):
        analytics.run_report(report(property="properties/1"), metadata=bearer)
    with pytest.raises(exceptions.InvalidArgument, match="is not a valid metric"):
        analytics.run_report(report(metrics=[{"name": "nope"}]), metadata=bearer)


def test_googles_client_reads_the_reason_of_a_refusal(bearer: list[tuple[str, str]]) -> None:
    data = pytest.importorskip("google.analytics.data_v1beta", reason="Google's GA4 client is not installed")
    transports = pytest.importorskip("google.analytics.data_v1beta.services.beta_analytics_data.transports")
    exceptions = pytest.importorskip("google.api_core.exceptions")
    grpc = pytest.importorskip("grpc")
    world = SmallWorld()
    ga4.property_of(world).api_enabled = False
    server, port = ga4.start_grpc(world, Faults.none())
    mine = [("authorization", f"Bearer {tokens_of(world).issue()}")]
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        client = data.BetaAnalyticsDataClient(transport=transports.BetaAnalyticsDataGrpcTransport(channel=channel))
        with pytest.raises(exceptions.PermissionDenied) as caught:
            client.run_report(report(), metadata=mine)
    server.stop(0)
    assert caught.value.reason == "SERVICE_DISABLED"


def test_googles_client_lists_metadata_and_runs_a_batch(analytics: Any, bearer: list[tuple[str, str]]) -> None:
    from google.analytics.data_v1beta.types import BatchRunReportsRequest

    listed = analytics.get_metadata(name="properties/424242/metadata", metadata=bearer)
    assert "keyEvents" in {metric.api_name for metric in listed.metrics}
    batch = BatchRunReportsRequest(property="properties/424242", requests=[report(), report()])
    assert len(analytics.batch_run_reports(batch, metadata=bearer).reports) == 2


# -- GA4's REST bodies by the discovery document -------------------------------------------------------------------


Rest = tuple[str, dict[str, str]]


@contextmanager
def serving_rest(world: SmallWorld) -> Iterator[Rest]:
    """Base URL and headers of the REST transport."""
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield f"http://127.0.0.1:{running.port}/ga4/v1beta", {"authorization": f"Bearer {tokens_of(world).issue()}"}


@pytest.fixture(scope="module")
def rest() -> Iterator[Rest]:
    with serving_rest(SmallWorld()) as address:
        yield address


def post(rest: Rest, verb: str, body: Any) -> requests.Response:
    return requests.post(f"{rest[0]}/properties/424242:{verb}", json=body, headers=rest[1], timeout=20)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"sampled_above_days": 0},
        {"thresholded": True},
        {"other_row_above": 2},
        {"restricted_metrics": ("purchaseRevenue",)},
    ],
)
def test_reports_fit_the_discovery_document(switches: dict[str, Any]) -> None:
    world = SmallWorld()
    for name, value in switches.items():
        setattr(ga4.property_of(world), name, value)
    validate(CHANNEL_DAY, "RunReportRequest")
    with serving_rest(world) as address:
        answer = post(address, "runReport", CHANNEL_DAY)
    assert answer.status_code == 200
    validate(answer.json(), "RunReportResponse")


def test_a_rest_report_writes_numbers_as_google_does(rest: Rest) -> None:
    body = post(rest, "runReport", CHANNEL_DAY).json()
    assert body["rows"][0]["metricValues"] == [{"value": "1"}, {"value": "1"}, {"value": "1"}, {"value": "121"}]
    assert body["propertyQuota"]["concurrentRequests"] == {"consumed": 0, "remaining": 10}


def test_batches_metadata_and_compatibility_fit_too(rest: Rest) -> None:
    names = {"dimensions": CHANNEL_DAY["dimensions"], "metrics": CHANNEL_DAY["metrics"]}
    batch = post(rest, "batchRunReports", {"requests": [CHANNEL_DAY, CHANNEL_DAY]}).json()
    validate(batch, "BatchRunReportsResponse")
    validate(post(rest, "checkCompatibility", names).json(), "CheckCompatibilityResponse")
    listed = requests.get(f"{rest[0]}/properties/424242/metadata", headers=rest[1], timeout=20).json()
    validate(listed, "Metadata")


def test_the_schema_rejects_what_google_would() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    with pytest.raises(jsonschema.ValidationError):
        validate(CHANNEL_DAY | {"dateRange": []}, "RunReportRequest")


def test_unknown_keys_and_paths_over_rest(rest: Rest) -> None:
    unknown = post(rest, "runReport", CHANNEL_DAY | {"x": 1})
    assert unknown.json()["error"]["message"] == 'Invalid JSON payload received. Unknown name "x": Cannot find field.'
    assert post(rest, "runNothing", {}).headers["content-type"].startswith("text/html")
    nobody = post((rest[0], {}), "runReport", CHANNEL_DAY)
    assert (nobody.status_code, nobody.json()["error"]["details"][0]["reason"]) == (401, "CREDENTIALS_MISSING")


# -- Google Ads by the vendor's protobufs --------------------------------------------------------------------------


class AdsJudge:
    """Parses every answer strictly: an unknown field or enum constant is an error."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.service = pytest.importorskip(
            "google.ads.googleads.v26.services.types.google_ads_service", reason="google-ads is not installed"
        )
        self.errors = pytest.importorskip("google.ads.googleads.v26.errors.types.errors")
        self.base = f"{sandbox.url('google_ads')}/v26/customers"
        self.headers = {
            "authorization": f"Bearer {tokens_of(sandbox.world).issue()}",
            "login-customer-id": MANAGER,
        }

    def parse(self, body: Any, kind: Any) -> Any:
        """The body as the vendor's message."""
        from google.protobuf import json_format

        return kind.wrap(json_format.ParseDict(body, kind.pb(kind())))

    def ask(self, query: str, customer: str, verb: str = "searchStream", **body: Any) -> requests.Response:
        """One search."""
        url = f"{self.base}/{customer}/googleAds:{verb}"
        return requests.post(url, json={"query": query} | body, headers=self.headers, timeout=20)

    def rows(self, query: str, customer: str = SHOP) -> list[Any]:
        """GoogleAdsRows of a stream."""
        answer = self.ask(query, customer)
        assert answer.status_code == 200, answer.text
        batches = [self.parse(batch, self.service.SearchGoogleAdsStreamResponse) for batch in answer.json()]
        return [row for batch in batches for row in batch.results]

    def failure(self, body: dict[str, Any]) -> Any:
        """The GoogleAdsFailure in an error body."""
        (detail,) = body["error"]["details"]
        return self.parse({key: value for key, value in detail.items() if key != "@type"}, self.errors.GoogleAdsFailure)


@pytest.fixture
def ads(sandbox: Sandbox) -> AdsJudge:
    return AdsJudge(sandbox)


def test_a_campaign_day_is_a_google_ads_row(ads: AdsJudge) -> None:
    row = ads.rows(CAMPAIGN_DAY)[0]
    assert (row.segments.date, row.metrics.cost_micros, row.metrics.conversions) == ("2026-11-20", 12_000_000, 3.5)
    assert (row.campaign.status.name, row.campaign.advertising_channel_type.name) == ("ENABLED", "SEARCH")


@pytest.mark.parametrize(
    ("query", "customer"),
    [
        (CAMPAIGN_DAY, AGENCY),
        (
            f"""SELECT segments.date, campaign.id, segments.conversion_action, segments.conversion_action_name,
            segments.conversion_action_category, metrics.conversions, metrics.conversions_value FROM campaign
            WHERE {WEEK}""",
            SHOP,
        ),
        (
            """SELECT customer_client.client_customer, customer_client.id, customer_client.level,
            customer_client.manager, customer_client.descriptive_name, customer_client.currency_code,
            customer_client.time_zone, customer_client.status, customer_client.test_account FROM customer_client""",
            MANAGER,
        ),
        ("SELECT campaign.id, campaign.start_date_time, campaign.end_date_time FROM campaign", SHOP),
        (
            """SELECT conversion_action.id, conversion_action.name, conversion_action.category,
            conversion_action.status, conversion_action.primary_for_goal FROM conversion_action""",
            SHOP,
        ),
        (
            f"""SELECT customer.id, customer.status, segments.week, segments.month, segments.quarter, segments.year,
            segments.day_of_week, metrics.ctr, metrics.average_cpc FROM customer WHERE {WEEK}""",
            SHOP,
        ),
    ],
)
def test_every_kind_of_row_parses_strictly(ads: AdsJudge, query: str, customer: str) -> None:
    assert ads.rows(query, customer)


def test_the_whole_companys_campaigns_parse_strictly() -> None:
    world = World(seed=5, scale=0.02, first_day=date(2026, 10, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        judge = AdsJudge(running)
        found = {
            row.campaign.advertising_channel_type.name
            for one in (SHOP, AGENCY)
            for row in judge.rows(CAMPAIGN_DAY, one)
        }
    assert {"SEARCH", "PERFORMANCE_MAX", "VIDEO"} <= found


def test_every_known_field_is_a_field_of_the_vendor(ads: AdsJudge) -> None:
    from sandbox.google_ads_fields import FIELDS

    known = ads.service.GoogleAdsRow.pb(ads.service.GoogleAdsRow()).DESCRIPTOR
    for name in FIELDS:
        resource, field = name.split(".")
        assert field in known.fields_by_name[resource].message_type.fields_by_name, name


def test_every_enum_constant_is_one_of_the_vendor(ads: AdsJudge) -> None:
    from sandbox.google_ads_fields import FIELDS

    known = ads.service.GoogleAdsRow.pb(ads.service.GoogleAdsRow()).DESCRIPTOR
    for name, field in FIELDS.items():
        resource, leaf = name.split(".")
        enum = known.fields_by_name[resource].message_type.fields_by_name[leaf].enum_type
        assert set(field.constants) <= {value.name for value in enum.values} if enum else not field.constants


def test_a_page_parses_strictly(ads: AdsJudge) -> None:
    answer = ads.ask(CAMPAIGN_DAY, SHOP, "search", searchSettings={"returnTotalResultsCount": True}).json()
    assert ads.parse(answer, ads.service.SearchGoogleAdsResponse).total_results_count == 3


@pytest.mark.parametrize(
    ("query", "customer", "body"),
    [
        ("SELECT metrics.nope FROM campaign", SHOP, {}),
        (CAMPAIGN_DAY, MANAGER, {}),
        (CAMPAIGN_DAY, "1234567890", {}),
        (CAMPAIGN_DAY, "123", {}),
        (CAMPAIGN_DAY, SHOP, {"pageSize": 5}),
        (CAMPAIGN_DAY, SHOP, {"pageToken": "x"}),
        (CAMPAIGN_DAY.replace("2026-11-16", "2020-01-01"), SHOP, {}),
        ("SELECT segments.date FROM campaign", SHOP, {}),
        ("SELECT", SHOP, {}),
    ],
)
def test_every_error_body_is_a_google_ads_failure(
    ads: AdsJudge, query: str, customer: str, body: dict[str, Any]
) -> None:
    failure = ads.failure(ads.ask(query, customer, "search", **body).json())
    assert failure.errors[0].message
    assert failure.request_id


@pytest.mark.parametrize("end", ["revoke_all", "expire_all"])
def test_token_errors_are_google_ads_failures(sandbox: Sandbox, ads: AdsJudge, end: str) -> None:
    getattr(tokens_of(sandbox.world), end)()
    assert ads.failure(ads.ask(CAMPAIGN_DAY, SHOP, "search").json()).errors[0].error_code.authentication_error


def test_quota_and_transient_bodies_are_google_ads_failures(ads: AdsJudge) -> None:
    quota = ads.failure(quota_body("RESOURCE_EXHAUSTED", retry_delay_s=900))
    assert quota.errors[0].details.quota_error_details.retry_delay.seconds == 900
    for answer in TRANSIENT:
        assert answer.status == 503 or ads.failure(answer.body)


# -- OAuth by google-auth ------------------------------------------------------------------------------------------


def test_google_auth_refreshes_a_users_token(sandbox: Sandbox) -> None:
    credentials = pytest.importorskip("google.oauth2.credentials", reason="google-auth is not installed")
    transport = pytest.importorskip("google.auth.transport.requests")
    user = credentials.Credentials(
        None,
        refresh_token="sandbox-refresh",
        token_uri=f"{sandbox.url('google_oauth')}/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
    )
    user.refresh(transport.Request())
    assert user.valid


def test_google_auth_says_refresh_error_for_a_dead_refresh_token(sandbox: Sandbox) -> None:
    credentials = pytest.importorskip("google.oauth2.credentials", reason="google-auth is not installed")
    transport = pytest.importorskip("google.auth.transport.requests")
    exceptions = pytest.importorskip("google.auth.exceptions")
    uri = f"{sandbox.url('google_oauth')}/token"
    dead = credentials.Credentials(
        None, "dead", token_uri=uri, client_id="sandbox-client", client_secret="sandbox-secret"
    )
    with pytest.raises(exceptions.RefreshError):
        dead.refresh(transport.Request())


def test_google_auth_signs_in_a_service_account(sandbox: Sandbox) -> None:
    service_account = pytest.importorskip("google.oauth2.service_account", reason="google-auth is not installed")
    transport = pytest.importorskip("google.auth.transport.requests")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    email = "judge@sandbox.iam.gserviceaccount.com"
    public = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    tokens_of(sandbox.world).service_accounts[email] = public.decode()
    info = {
        "client_email": email,
        "private_key": private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode(),
        "token_uri": f"{sandbox.url('google_oauth')}/token",
    }
    scopes = ["https://www.googleapis.com/auth/analytics.readonly"]
    account = service_account.Credentials.from_service_account_info(info, scopes=scopes)
    account.refresh(transport.Request())
    assert account.valid
