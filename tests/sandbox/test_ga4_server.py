"""The GA4 server: figures worked out by hand from the small world, limits, and refusals in Google's words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import grpc
import pytest
from google.analytics.data_v1beta.types import BatchRunReportsRequest, GetMetadataRequest, RunReportRequest
from google.protobuf import json_format

from sandbox import ga4
from sandbox.company import World
from sandbox.faults import Answer, Call, Faults
from sandbox.ga4_errors import SCHEMA_URL
from sandbox.ga4_grpc import SERVICE
from sandbox.ga4_property import Quota
from sandbox.ga4_query import number_text
from sandbox.ga4_service import RPCS
from sandbox.google_tokens import ADWORDS, tokens_of
from sandbox.truth import true_measures
from tests.sandbox.small_world import LATE, SmallWorld

WEEK = {"startDate": "2026-11-16", "endDate": "2026-11-22"}


class Client:
    """Calls the server with plain JSON, as texts in and out."""

    def __init__(self, world: World, faults: Faults | None = None, latency: float = 0.0) -> None:
        self.world, self.calls = world, list[Call]()
        self.faults = faults or Faults.none()
        self.server, port = ga4.start_grpc(world, self.faults, 0, self.calls.append, latency)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.max_receive_message_length", -1)])
        self.authorization = f"Bearer {tokens_of(world).issue()}"

    def call(self, rpc: str, body: dict[str, Any]) -> dict[str, Any]:
        """The response as JSON; raises grpc.RpcError."""
        request = json_format.ParseDict(body, RPCS[rpc].raw_request())
        unary = self.channel.unary_unary(
            f"/{SERVICE}/{rpc}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=type(RPCS[rpc].raw_response()).FromString,
        )
        metadata = (("authorization", self.authorization),) if self.authorization else ()
        return json_format.MessageToDict(unary(request, metadata=metadata, timeout=20))

    def report(self, dimensions: str = "", metrics: str = "", **body: Any) -> dict[str, Any]:
        """RunReport of dimensions and metrics named in one text each, by default over the week of the small world."""
        named = {"dimensions": [{"name": name} for name in dimensions.split()]}
        named["metrics"] = [{"name": name} for name in metrics.split()]
        return self.call("RunReport", {"property": "properties/424242", "dateRanges": [WEEK]} | named | body)

    def rows(self, dimensions: str = "", metrics: str = "", **body: Any) -> list[list[str]]:
        """The rows of a report as texts."""
        found = self.report(dimensions, metrics, **body)
        return [
            [cell["value"] for cell in row.get("dimensionValues", []) + row.get("metricValues", [])]
            for row in found.get("rows", [])
        ]

    def outcome(self, _number: int) -> str:
        """OK, or the status and message of a refusal."""
        try:
            self.report("", "sessions")
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"
        return "OK"

    def refusal(self, dimensions: str = "", metrics: str = "sessions", **body: Any) -> tuple[str, str]:
        """Status name and message of a report that must fail."""
        with pytest.raises(grpc.RpcError) as caught:
            self.report(dimensions, metrics, **body)
        return caught.value.code().name, caught.value.details()


def serving(world: World | None = None, **options: Any) -> Iterator[Client]:
    client = Client(world or SmallWorld(), **options)
    yield client
    client.channel.close()
    client.server.stop(0)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    yield from serving()


@pytest.fixture
def fresh() -> Iterator[Client]:
    """A property of its own, for tests that switch something."""
    yield from serving()


def by_name(order: str, desc: bool = False) -> dict[str, Any]:
    return {"orderBys": [{"dimension": {"dimensionName": order}, "desc": desc}]}


def test_sessions_and_users_by_day(client: Client) -> None:
    rows = client.rows("date", "sessions engagedSessions totalUsers activeUsers newUsers", **by_name("date"))
    assert rows == [
        ["20261116", "1", "1", "1", "1", "1"],
        ["20261120", "1", "1", "1", "1", "1"],
        ["20261121", "2", "1", "2", "2", "1"],
        ["20261122", "2", "1", "2", "1", "0"],
    ]


def test_users_of_a_week_are_not_the_sum_of_its_days(client: Client) -> None:
    assert client.rows("", "totalUsers activeUsers newUsers sessions") == [["4", "3", "3", "6"]]


def test_purchases_are_those_with_consent_and_no_tests(client: Client) -> None:
    metrics = "ecommercePurchases transactions purchaseRevenue totalRevenue refundAmount keyEvents"
    assert client.rows("", metrics) == [["2", "2", "181.5", "131", "50.5", "3"]]


def test_a_refund_counts_on_its_own_local_day_for_the_orders_channel(client: Client) -> None:
    rows = client.rows("date sessionDefaultChannelGroup", "refundAmount", **by_name("date"))
    assert rows == [["20261121", "Email", "10.5"], ["20261122", "Paid Search", "40"]]


def test_purchase_revenue_can_be_net_as_googles_reference_says(fresh: Client) -> None:
    ga4.property_of(fresh.world).purchase_revenue_net_of_refunds = True
    assert fresh.rows("", "purchaseRevenue grossPurchaseRevenue") == [["131", "181.5"]]


def test_late_visits_and_orders_appear_when_they_become_known() -> None:
    for client in serving():
        before = client.rows("", "sessions ecommercePurchases")
        client.world.now += timedelta(days=2)
        assert (before, client.rows("", "sessions ecommercePurchases")) == ([["6", "2"]], [["7", "3"]])


def test_channel_day_has_all_its_traffic_dimensions(client: Client) -> None:
    rows = client.rows(
        "date sessionDefaultChannelGroup sessionSourceMedium sessionCampaignName country deviceCategory",
        "sessions keyEvents",
        dateRanges=[{"startDate": "2026-11-20", "endDate": "2026-11-20"}],
    )
    assert rows == [["20261120", "Paid Search", "google / cpc", "Brand", "Netherlands", "mobile", "1", "1"]]


def test_events_add_up_to_the_event_count_of_the_sessions(client: Client) -> None:
    by_event = client.rows("eventName", "eventCount")
    assert sum(int(count) for _name, count in by_event) == int(client.rows("", "eventCount")[0][0])


def test_key_events_by_name_and_channel(client: Client) -> None:
    only = {"dimensionFilter": {"filter": {"fieldName": "isKeyEvent", "stringFilter": {"value": "true"}}}}
    rows = client.rows("date eventName sessionDefaultChannelGroup", "keyEvents eventCount", **only, **by_name("date"))
    assert rows == [
        ["20261120", "purchase", "Paid Search", "1", "1"],
        ["20261121", "newsletter_signup", "Email", "1", "1"],
        ["20261121", "purchase", "Email", "1", "1"],
    ]


def test_transactions_by_id(client: Client) -> None:
    rows = client.rows("date transactionId", "purchaseRevenue", **by_name("transactionId"))
    assert rows == [["20261120", "#1001", "121"], ["20261121", "#1002", "60.5"]]


@pytest.mark.parametrize(
    ("expression", "sessions"),
    [
        ({"filter": {"fieldName": "sessionDefaultChannelGroup", "stringFilter": {"value": "email"}}}, "1"),
        ({"filter": {"fieldName": "sessionMedium", "stringFilter": {"value": "C", "matchType": "CONTAINS"}}}, "3"),
        (
            {"filter": {"fieldName": "sessionMedium", "stringFilter": {"value": "CPC", "caseSensitive": True}}},
            None,
        ),
        ({"filter": {"fieldName": "countryId", "inListFilter": {"values": ["nl", "de"]}}}, "4"),
        ({"notExpression": {"filter": {"fieldName": "countryId", "inListFilter": {"values": ["NL", "DE"]}}}}, "2"),
        (
            {
                "andGroup": {
                    "expressions": [
                        {"filter": {"fieldName": "country", "stringFilter": {"value": "Belgium"}}},
                        {"filter": {"fieldName": "date", "stringFilter": {"value": "20261122"}}},
                    ]
                }
            },
            "1",
        ),
        (
            {
                "orGroup": {
                    "expressions": [
                        {"filter": {"fieldName": "country", "stringFilter": {"value": "Germany"}}},
                        {"filter": {"fieldName": "sessionCampaignName", "stringFilter": {"value": "Brand"}}},
                    ]
                }
            },
            "3",
        ),
    ],
)
def test_dimension_filters(client: Client, expression: dict[str, Any], sessions: str | None) -> None:
    assert client.rows("", "sessions", dimensionFilter=expression) == ([[sessions]] if sessions else [])


def test_a_metric_filter_works_on_added_up_rows(client: Client) -> None:
    over = {
        "filter": {
            "fieldName": "sessions",
            "numericFilter": {"operation": "GREATER_THAN", "value": {"int64Value": "1"}},
        }
    }
    assert client.rows("date", "totalUsers", metricFilter=over, **by_name("date")) == [
        ["20261121", "2"],
        ["20261122", "2"],
    ]


def test_without_an_order_the_first_metric_goes_down(client: Client) -> None:
    assert [row[1] for row in client.rows("sessionDefaultChannelGroup", "sessions")] == ["2", "2", "1", "1"]


def test_pages_cover_every_row_once(client: Client) -> None:
    whole = client.rows("date sessionDefaultChannelGroup", "sessions", **by_name("date"))
    pages = [
        client.report("date sessionDefaultChannelGroup", "sessions", limit="2", offset=str(at), **by_name("date"))
        for at in (0, 2, 4)
    ]
    assert [page["rowCount"] for page in pages] == [len(whole)] * 3
    cells = [[cell["value"] for cell in row["dimensionValues"]] for page in pages for row in page["rows"]]
    assert cells == [row[:2] for row in whole]


def test_several_ranges_bring_the_date_range_dimension(client: Client) -> None:
    ranges = [WEEK | {"name": "week"}, {"startDate": "2026-11-01", "endDate": "2026-11-22"}]
    found = client.report("", "totalUsers", dateRanges=ranges)
    assert found["dimensionHeaders"] == [{"name": "dateRange"}]
    assert client.rows("", "totalUsers sessions", dateRanges=ranges) == [["date_range_1", "4", "7"], ["week", "4", "6"]]


def test_the_fast_way_to_period_users_agrees_with_the_slow_way(client: Client) -> None:
    first = date(2026, 11, 1)
    for last in (first + timedelta(days=days) for days in range(22)):
        days = [{"startDate": "2026-01-01", "endDate": str(last)}, {"startDate": "2026-10-01", "endDate": str(last)}]
        metrics = "totalUsers activeUsers newUsers"
        slow = [row[:4] for row in client.rows("", f"{metrics} sessions", dateRanges=days)]
        assert sorted(client.rows("", metrics, dateRanges=days)) == sorted(slow)


def test_relative_days_are_days_of_the_property(client: Client) -> None:
    # 23:30 UTC on the 22nd is already the 23rd in Amsterdam.
    world = SmallWorld(client.world.now - timedelta(hours=4, minutes=30))
    for other in serving(world):
        assert other.rows("date", "sessions", dateRanges=[{"startDate": "yesterday", "endDate": "today"}]) == [
            ["20261122", "2"]
        ]
        assert other.rows("date", "sessions", dateRanges=[{"startDate": "3daysAgo", "endDate": "3daysAgo"}]) == [
            ["20261120", "1"]
        ]


def test_rows_of_zeros_come_only_when_asked_for(client: Client) -> None:
    assert len(client.rows("date", "refundAmount")) == 2
    assert len(client.rows("date", "refundAmount", keepEmptyRows=True)) == 4


def test_an_empty_report_has_headers_and_no_rows(client: Client) -> None:
    found = client.report("date", "sessions", dateRanges=[{"startDate": "2020-01-01", "endDate": "2020-01-02"}])
    assert "rows" not in found
    assert found["metricHeaders"] == [{"name": "sessions", "type": "TYPE_INTEGER"}]


def test_metadata_tells_currency_and_time_zone(client: Client) -> None:
    found = client.report("date", "sessions")
    assert found["metadata"] == {"currencyCode": "EUR", "timeZone": "Europe/Amsterdam"}
    assert found["kind"] == "analyticsData#runReport"


def test_quota_is_counted_down(fresh: Client) -> None:
    first = fresh.report("date", "sessions", returnPropertyQuota=True)["propertyQuota"]
    year = [{"startDate": "2025-11-23", "endDate": "2026-11-22"}]
    second = fresh.report("date", "sessions", returnPropertyQuota=True, dateRanges=year)["propertyQuota"]
    assert first["tokensPerDay"] == {"consumed": 1, "remaining": 199_999}
    assert second["tokensPerProjectPerHour"] == {"consumed": 7, "remaining": 13_992}


@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        ("tokens_per_day", "Exhausted property tokens per day."),
        ("tokens_per_hour", "Exhausted property tokens per hour."),
        ("tokens_per_project_per_hour", "Exhausted property tokens for a project per hour."),
    ],
)
def test_an_empty_bucket_refuses_until_its_window_ends(fresh: Client, bucket: str, words: str) -> None:
    clock = [1_800_000_000.0]
    quota = ga4.property_of(fresh.world).quota = Quota(clock=lambda: clock[0])
    fresh.report("date", "sessions")
    quota.buckets[bucket].used = quota.buckets[bucket].limit
    status, message = fresh.refusal()
    assert status == "RESOURCE_EXHAUSTED"
    assert message.startswith(words)
    clock[0] += 86_400
    assert fresh.rows("", "sessions") == [["6"]]


def test_the_eleventh_request_at_once_is_refused() -> None:
    for client in serving(latency=0.5):
        with ThreadPoolExecutor(11) as pool:
            found = sorted(pool.map(client.outcome, range(11)))
    words = "Exhausted concurrent requests quota. Please send fewer requests concurrently."
    assert found == ["OK"] * 10 + [f"RESOURCE_EXHAUSTED: {words}"]


def test_sampling_shows_in_the_metadata_of_long_ranges(fresh: Client) -> None:
    ga4.property_of(fresh.world).sampled_above_days = 1
    assert "samplingMetadatas" in fresh.report("", "sessions")["metadata"]
    day = {"startDate": "2026-11-20", "endDate": "2026-11-20"}
    assert "samplingMetadatas" not in fresh.report("", "sessions", dateRanges=[day])["metadata"]


def test_thresholding_withholds_rows_without_an_error(fresh: Client) -> None:
    ga4.property_of(fresh.world).thresholded = True
    found = fresh.report("date", "sessions")
    assert found["metadata"]["subjectToThresholding"]
    assert "rows" not in found


def test_overflow_is_added_up_in_the_other_row(fresh: Client) -> None:
    ga4.property_of(fresh.world).other_row_above = 3
    found = fresh.report("date", "sessions", **by_name("date"))
    assert found["metadata"]["dataLossFromOtherRow"]
    assert fresh.rows("date", "sessions", **by_name("date"))[-1] == ["(other)", "4"]


def test_revenue_that_may_not_be_seen_is_zero_and_named(fresh: Client) -> None:
    ga4.property_of(fresh.world).restricted_metrics = ("purchaseRevenue",)
    found = fresh.report("", "sessions purchaseRevenue")
    restricted = found["metadata"]["schemaRestrictionResponse"]["activeMetricRestrictions"]
    assert restricted == [{"metricName": "purchaseRevenue", "restrictedMetricTypes": ["REVENUE_DATA"]}]
    assert fresh.rows("", "sessions purchaseRevenue") == [["6", "0"]]


SCHEMA = f"For a list of valid dimensions and metrics, see {SCHEMA_URL} "


@pytest.mark.parametrize(
    ("dimensions", "metrics", "body", "message"),
    [
        ("nope", "sessions", {}, f"Field nope is not a valid dimension. {SCHEMA}"),
        ("", "nope", {}, f"Field nope is not a valid metric.  {SCHEMA}"),
        ("Date", "sessions", {}, f"Did you mean date? Field Date is not a valid dimension. {SCHEMA}"),
        ("", "sessions", {"dateRanges": []}, "A dateRange is required."),
        (
            "",
            "sessions",
            {"dateRanges": [WEEK] * 5},
            "Requests are limited to 4 dateRanges.\n  This request contains 5 dateRanges.",
        ),
        (
            "date year month day isoWeek isoYear country countryId hostName eventName",
            "sessions",
            {},
            "Requests are limited to 9 dimensions within a nested request. This request is for 10 dimensions.",
        ),
        (
            "",
            "sessions engagedSessions totalUsers activeUsers newUsers keyEvents eventCount checkouts addToCarts "
            "transactions refundAmount",
            {},
            "Requests are limited to 10 metrics within a nested request. This request is for 11 metrics.",
        ),
        (
            "",
            "sessions",
            {"dateRanges": [{"startDate": "2026-11-02", "endDate": "2026-11-01"}]},
            "start_date must be less than or equal to end_date. start_date = 2026-11-02 and end_date = 2026-11-01",
        ),
        (
            "",
            "sessions",
            {"dateRanges": [{"startDate": "soon", "endDate": "today"}]},
            "Invalid startDate : soon. startDate must be YYYY-MM-DD, NdaysAgo, yesterday, or today.",
        ),
        ("", "sessions", {"limit": "-1"}, "limit must be positive. The API received limit = -1"),
        ("date date", "sessions", {}, "Found duplicate dimensions: date"),
        (
            "",
            "sessions",
            by_name("date"),
            "Field date exists in OrderBy but is not defined in input Dimensions/Metrics list",
        ),
        ("", "sessions", {"currencyCode": "USD"}, "The sandbox does not support: currency_code."),
    ],
)
def test_bad_requests_are_refused_in_googles_words(
    client: Client, dimensions: str, metrics: str, body: dict[str, Any], message: str
) -> None:
    assert client.refusal(dimensions, metrics, **body) == ("INVALID_ARGUMENT", message)


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("properties/1", "PERMISSION_DENIED", "User does not have sufficient permissions for this property."),
        ("properties/abc", "INVALID_ARGUMENT", "Invalid property ID: abc."),
    ],
)
def test_other_properties_are_refused(client: Client, name: str, status: str, words: str) -> None:
    found = client.refusal(property=name)
    assert found[0] == status
    assert found[1].startswith(words)


def test_a_call_without_a_token_is_told_apart_from_a_bad_token(fresh: Client) -> None:
    fresh.authorization = ""
    assert fresh.refusal()[1].startswith("Request is missing required authentication credential.")
    fresh.authorization = "Bearer nonsense"
    assert fresh.refusal()[1].startswith("Request had invalid authentication credentials.")


def test_a_revoked_token_is_unauthenticated(fresh: Client) -> None:
    tokens_of(fresh.world).revoke_all()
    assert fresh.refusal()[0] == "UNAUTHENTICATED"


def test_a_token_for_google_ads_only_lacks_the_scope(fresh: Client) -> None:
    fresh.authorization = f"Bearer {tokens_of(fresh.world).issue([ADWORDS])}"
    assert fresh.refusal() == ("PERMISSION_DENIED", "Request had insufficient authentication scopes.")


def test_a_disabled_api_says_so(fresh: Client) -> None:
    ga4.property_of(fresh.world).api_enabled = False
    status, message = fresh.refusal()
    assert status == "PERMISSION_DENIED"
    assert "has not been used in project" in message


def test_scripted_faults_replace_the_answer_once(fresh: Client) -> None:
    body = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "The service is currently unavailable."}}
    fresh.faults.script("ga4", [Answer(503, body)])
    assert fresh.refusal() == ("UNAVAILABLE", "The service is currently unavailable.")
    assert fresh.rows("", "sessions") == [["6"]]


def test_every_call_is_noted(fresh: Client) -> None:
    fresh.rows("", "sessions")
    assert [(call.platform, call.method, call.path) for call in fresh.calls] == [
        ("ga4", "RunReport", "properties/424242")
    ]


def test_rare_faults_never_hit_the_same_call_twice() -> None:
    for client in serving(faults=Faults.rare(5)):
        failed = 0
        for day in range(1, 29):
            months = range(1, 11)
            ranges = [{"startDate": f"2026-{month:02}-{day:02}", "endDate": "2026-11-22"} for month in months]
            for chosen in ranges:
                try:
                    client.report("", "sessions", dateRanges=[chosen])
                except grpc.RpcError:
                    failed += 1
                    assert client.report("", "sessions", dateRanges=[chosen])
        assert 0 < failed < 15


def test_a_batch_answers_each_report(client: Client) -> None:
    part = {"dateRanges": [WEEK], "metrics": [{"name": "sessions"}]}
    found = client.call("BatchRunReports", {"property": "properties/424242", "requests": [part, part]})
    assert [report["rows"][0]["metricValues"] for report in found["reports"]] == [[{"value": "6"}]] * 2
    assert found["kind"] == "analyticsData#batchRunReports"


def test_a_batch_of_six_is_too_many(client: Client) -> None:
    part = {"dateRanges": [WEEK], "metrics": [{"name": "sessions"}]}
    with pytest.raises(grpc.RpcError, match="Batch requests are limited to 5 requests"):
        client.call("BatchRunReports", {"property": "properties/424242", "requests": [part] * 6})


@pytest.mark.parametrize("name", ["properties/424242/metadata", "properties/0/metadata"])
def test_metadata_lists_every_name_that_a_report_takes(client: Client, name: str) -> None:
    found = client.call("GetMetadata", {"name": name})
    metrics = {metric["apiName"]: metric["type"] for metric in found["metrics"]}
    assert {"date", "eventName", "sessionCampaignName"} <= {dimension["apiName"] for dimension in found["dimensions"]}
    assert (metrics["keyEvents"], metrics["sessions"]) == ("TYPE_FLOAT", "TYPE_INTEGER")


def test_every_dimension_and_metric_can_be_reported(client: Client) -> None:
    found = client.call("GetMetadata", {"name": "properties/0/metadata"})
    for dimension in found["dimensions"]:
        assert client.rows(dimension["apiName"], "eventCount")
    for metric in found["metrics"]:
        assert client.rows("date", metric["apiName"])


def test_everything_is_compatible(client: Client) -> None:
    asked = {"property": "properties/424242", "dimensions": [{"name": "date"}], "compatibilityFilter": "INCOMPATIBLE"}
    assert client.call("CheckCompatibility", asked) == {}


def test_numbers_read_back_as_the_same_double() -> None:
    assert [number_text(value) for value in (412.0, 1834.5, 0.1 + 0.2, 1e15)] == [
        "412",
        "1834.5",
        "0.30000000000000004",
        "1e+15",
    ]


def test_hundreds_of_period_to_date_requests_take_seconds() -> None:
    world = World(seed=5, scale=0.2, first_day=date(2026, 1, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    for client in serving(world):
        started = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            counts = list(pool.map(partial(_period_to_date, client), range(300)))
        assert time.monotonic() - started < 20
    assert all(0 < week <= year and 0 < month <= quarter <= year for week, month, quarter, year in counts)


def _period_to_date(client: Client, days_ago: int) -> list[int]:
    last = date(2026, 11, 22) - timedelta(days=days_ago)
    starts = {
        "week": last - timedelta(days=last.weekday()),
        "month": last.replace(day=1),
        "quarter": date(last.year, (last.month - 1) // 3 * 3 + 1, 1),
        "year": date(last.year, 1, 1),
    }
    ranges = [{"name": name, "startDate": str(first), "endDate": str(last)} for name, first in starts.items()]
    rows = dict(client.rows("", "totalUsers", dateRanges=ranges))
    return [int(rows.get(name, 0)) for name in starts]


def test_a_month_of_the_company_agrees_with_the_truth() -> None:
    world = World(seed=5, scale=0.05, first_day=date(2026, 6, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    truth = true_measures(world, date(2026, 10, 1), date(2026, 10, 31))
    october = [{"startDate": "2026-10-01", "endDate": "2026-10-31"}]
    for client in serving(world):
        metrics = "sessions engagedSessions totalUsers keyEvents ecommercePurchases purchaseRevenue"
        (found,) = client.rows("", metrics, dateRanges=october)
        channels = client.rows("date sessionDefaultChannelGroup", "sessions purchaseRevenue", dateRanges=october)
        assert client.rows("", "totalUsers", dateRanges=october) == [[str(truth["visitors"])]]
    names = ("sessions", "engaged_sessions", "visitors", "key_events", "web_purchases", "web_revenue")
    assert [float(text) for text in found] == pytest.approx([truth[name] for name in names])
    assert sum(int(row[2]) for row in channels) == truth["sessions"]
    assert sum(float(row[3]) for row in channels) == pytest.approx(truth["web_revenue"])


def test_the_late_moment_lies_after_now() -> None:
    assert str(SmallWorld().now) < LATE


def test_requests_are_the_real_messages() -> None:
    assert RPCS["RunReport"].request is RunReportRequest
    assert (RPCS["BatchRunReports"].request, RPCS["GetMetadata"].request) == (
        BatchRunReportsRequest,
        GetMetadataRequest,
    )
