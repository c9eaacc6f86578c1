"""GA4 over real gRPC: each test plays the platform with a small handler."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import grpc
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.analytics.data_v1beta.types import MetricType, RunReportRequest, RunReportResponse
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.connector import Account, AccountFacts, Company
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.ga4 import Ga4
from connectors.ga4_decode import Page
from connectors.ga4_errors import to_next_hour, to_pacific_midnight
from connectors.ga4_transport import CONCURRENT, Client
from connectors.ga4_users import PERIOD_STARTS
from connectors.http import RetryPolicy
from connectors.load import OTHER_ROW, RESTRICTED, SAMPLED, THRESHOLDED, Load
from connectors.secret import Secret
from connectors.stream import COUNT, MONEY, NUMBER, Window
from tests.http_server import Answer, serving

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"
ANSWER, REQUEST = RunReportResponse.pb(), RunReportRequest.pb()
DAY = date(2026, 11, 20)
ONE_DAY, THREE_DAYS = Window(DAY, DAY), Window(DAY, DAY + timedelta(days=2))
AT_ONCE = RetryPolicy(attempts=3, first_wait_s=0.0, longest_wait_s=1.0)
MONEY_METRICS = ("purchaseRevenue", "totalRevenue", "refundAmount")
PERSON = {"type": "authorized_user", "client_id": "me", "client_secret": "hush", "refresh_token": "long-lived"}

Row = dict[str, str]
Handler = Callable[[Any], Any]


class RefusalError(Exception):
    """What a handler raises to answer with an error."""

    def __init__(self, status: grpc.StatusCode, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.reason = status, text, reason

    @property
    def details(self) -> bytes:
        answer = Status(code=self.status.value[0], message=self.text)
        answer.details.add().Pack(ErrorInfo(reason=self.reason, domain="googleapis.com"))
        return answer.SerializeToString()


def answer(request: Any, rows: list[Row], *, count: int | None = None, types: dict[str, int] | None = None) -> Any:
    """The report that was asked for. A row gives values by GA4's names; metrics that it leaves out are 0."""
    made = ANSWER(row_count=len(rows) if count is None else count)
    dimensions = [it.name for it in request.dimensions] + ["dateRange"] * (len(request.date_ranges) > 1)
    metrics = [it.name for it in request.metrics]
    for name in dimensions:
        made.dimension_headers.add(name=name)
    for name in metrics:
        usual = MetricType.TYPE_CURRENCY if name in MONEY_METRICS else MetricType.TYPE_INTEGER
        made.metric_headers.add(name=name, type_=(types or {}).get(name, usual))
    for row in rows:
        made.rows.add(
            dimension_values=[{"value": row.get(name, "(not set)")} for name in dimensions],
            metric_values=[{"value": row.get(name, "0")} for name in metrics],
        )
    made.metadata.currency_code, made.metadata.time_zone = "EUR", "Europe/Amsterdam"
    return made


def on(day: date = DAY, **values: str) -> Row:
    return {"date": f"{day:%Y%m%d}", **values}


def numbered(count: int) -> list[Row]:
    return [on(sessionCampaignName=f"campaign {number}", sessions=str(number)) for number in range(count)]


def page_of(rows: list[Row], size: int) -> Handler:
    """A platform that never gives more than `size` rows at a time."""
    return lambda request: answer(request, rows[request.offset : request.offset + size], count=len(rows))


@dataclass
class Platform:
    """What the test sees of both sides."""

    ga4: Ga4
    requests: list[Any] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    tokens: int = 0
    load: Load = field(default_factory=Load)

    @property
    def account(self) -> Account:
        return self.ga4.accounts[0]

    @property
    def authorisations(self) -> list[str]:
        return [sent["authorization"] for sent in self.metadata]

    def batches(self, stream: str, window: Window = ONE_DAY) -> Iterator[pa.RecordBatch]:
        return self.ga4.pull(Ga4.stream(stream), self.account, window, self.load)

    def pull(self, stream: str = "channel_day", window: Window = ONE_DAY) -> list[dict[str, Any]]:
        return [row for batch in self.batches(stream, window) for row in batch.to_pylist()]

    def fails(self, stream: str = "channel_day", window: Window = ONE_DAY) -> ConnectorError:
        with pytest.raises(ConnectorError) as caught:
            self.pull(stream, window)
        return caught.value


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`with play(handler) as platform`: a GA4 and a token endpoint on loopback, and a connector that talks to them."""

    @contextmanager
    def playing(handler: Handler, credential: dict[str, Any] | None = None, token: Any = None) -> Iterator[Platform]:
        def run_report(encoded: bytes, context: Any) -> bytes:
            request = REQUEST.FromString(encoded)
            platform.requests.append(request)
            platform.metadata.append(dict(context.invocation_metadata()))
            try:
                made = handler(request)
            except RefusalError as refusal:
                context.set_trailing_metadata((("grpc-status-details-bin", refusal.details),))
                context.abort(refusal.status, refusal.text)
            return made if isinstance(made, bytes) else made.SerializeToString()

        def fresh_token(_: Any) -> Answer:
            platform.tokens += 1
            return Answer(200, {"access_token": f"token-{platform.tokens}", "expires_in": 3600})

        server = grpc.server(ThreadPoolExecutor(32))
        method = grpc.unary_unary_rpc_method_handler(run_report)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"RunReport": method}),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with serving(token or fresh_token) as tokens:
                info = {"token_uri": f"{tokens.url}/token", **(credential or PERSON)}
                monkeypatch.setenv("GA4_CREDENTIAL", json.dumps(info))
                with connected(f"grpc://127.0.0.1:{port}") as ga4:
                    platform = Platform(ga4)
                    yield platform
        finally:
            server.stop(None).wait()

    return playing  # type: ignore[return-value]


def settings(**changes: Any) -> Any:
    return Ga4.Settings.model_validate(
        {"credentials": "env:GA4_CREDENTIAL", "accounts": [{"id": "properties/424242"}], **changes}
    )


@contextmanager
def connected(base_url: str) -> Iterator[Ga4]:
    with Ga4(settings(base_url=base_url), Company()) as ga4:
        ga4.client = Client(ga4.settings.credentials, base_url, AT_ONCE)
        yield ga4


# Decoding

cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.lists(st.tuples(cells, cells, cells), max_size=20))
def test_columns_hold_what_googles_own_class_reads(rows: list[tuple[str, str, str]]) -> None:
    report = ANSWER(dimension_headers=[{"name": "a"}, {"name": "b"}], metric_headers=[{"name": "c"}])
    for a, b, c in rows:
        report.rows.add(dimension_values=[{"value": a}, {"value": b}], metric_values=[{"value": c}])
    page = Page(report.SerializeToString())
    columns = [page.dimension("a"), page.dimension("b"), page.metric("c", COUNT)]
    assert page.rows == len(rows)
    assert sorted(zip(*(column.to_pylist() for column in columns), strict=True)) == sorted(rows)


def test_a_value_that_is_not_there_is_an_empty_text() -> None:
    report = ANSWER(dimension_headers=[{"name": "a"}], rows=[{"dimension_values": [{}]}])
    assert Page(report.SerializeToString()).dimension("a").to_pylist() == [""]


@pytest.mark.parametrize(
    "row",
    [
        b"\x0a\x03\x0a\x01x" + b"\x12\x03\x22\x017" + b"\x1a\x01?",  # a field more in the row
        b"\x0a\x06\x0a\x01x\x12\x01?" + b"\x12\x03\x22\x017",  # a field more in a value
        b"\x12\x03\x22\x017" + b"\x0a\x03\x0a\x01x",  # the metric first
    ],
)
def test_a_row_that_google_encodes_otherwise_one_day_is_read_all_the_same(row: bytes) -> None:
    headers = ANSWER(dimension_headers=[{"name": "a"}], metric_headers=[{"name": "m", "type_": 1}])
    page = Page(headers.SerializeToString() + b"\x1a" + bytes([len(row)]) + row)
    assert (page.dimension("a").to_pylist(), page.metric("m", COUNT).to_pylist()) == (["x"], [7])


@pytest.mark.parametrize("values", [0, 2])
def test_a_row_without_one_value_for_each_header_is_bad_data(values: int) -> None:
    report = ANSWER(dimension_headers=[{"name": "a"}], rows=[{"dimension_values": [{"value": "x"}] * values}])
    with pytest.raises(BadDataError, match="one value for each header"):
        Page(report.SerializeToString())


def test_a_value_that_is_no_text_is_bad_data() -> None:
    report = ANSWER(dimension_headers=[{"name": "a"}], rows=[{"dimension_values": [{"value": "xx"}]}])
    with pytest.raises(BadDataError, match="not text"):
        Page(report.SerializeToString().replace(b"xx", b"\xff\xfe")).dimension("a")


def test_bytes_that_are_no_report_are_bad_data() -> None:
    with pytest.raises(BadDataError, match="no GA4 report"):
        Page(b"<html>")


def test_money_is_exact_to_the_micro_whatever_the_float_that_it_comes_from() -> None:
    texts = ["34.989999999999995", "1834.5", "1.5E7", "-0.0000004", "0"]
    report = ANSWER(metric_headers=[{"name": "m", "type_": MetricType.TYPE_CURRENCY}])
    for text in texts:
        report.rows.add(metric_values=[{"value": text}])
    amounts = Page(report.SerializeToString()).metric("m", MONEY).to_pylist()
    assert amounts == [Decimal(text) for text in ("34.99", "1834.5", "15000000", "0", "0")]


def test_numbers_have_the_type_that_the_answer_states() -> None:
    kinds = {"whole": MetricType.TYPE_INTEGER, "part": MetricType.TYPE_FLOAT, "time": MetricType.TYPE_SECONDS}
    report = ANSWER(
        metric_headers=[{"name": name, "type_": type_} for name, type_ in kinds.items()],
        rows=[{"metric_values": [{"value": "12"}] * 3}],
    )
    page = Page(report.SerializeToString())
    assert [page.metric(name, COUNT).type for name in kinds] == [COUNT, NUMBER, NUMBER]


# Pages


def test_rows_of_all_pages_arrive(play: Any) -> None:
    with play(page_of(numbered(7), 3)) as platform:
        rows = platform.pull()
    assert sorted(row["sessions"] for row in rows) == list(range(7))
    assert [request.offset for request in platform.requests] == [0, 3, 6]
    assert platform.load.requests == 3


def test_pages_are_ordered_by_every_dimension(play: Any) -> None:
    with play(page_of([], 1)) as platform:
        platform.pull()
    (request,) = platform.requests
    assert [it.dimension.dimension_name for it in request.order_bys] == [it.name for it in request.dimensions]


def test_rows_that_never_come_are_bad_data(play: Any) -> None:
    with play(lambda request: answer(request, numbered(5)[request.offset :], count=6)) as platform:
        assert "5 rows were received, but GA4 counts 6" in str(platform.fails())


def test_more_rows_than_counted_are_bad_data(play: Any) -> None:
    with play(lambda request: answer(request, numbered(5), count=4)) as platform:
        assert isinstance(platform.fails(), BadDataError)


def test_a_page_that_comes_twice_is_bad_data(play: Any) -> None:
    with play(lambda request: answer(request, numbered(2), count=6)) as platform:
        assert "repeats an earlier page" in str(platform.fails())


def test_a_report_that_changes_while_it_is_read_is_read_again_later(play: Any) -> None:
    def growing(request: Any) -> Any:
        return answer(request, numbered(9)[request.offset : request.offset + 2], count=6 + request.offset)

    with play(growing) as platform:
        assert isinstance(platform.fails(), TransientError)


def test_an_empty_answer_is_no_rows(play: Any) -> None:
    with play(lambda _: ANSWER()) as platform:
        assert platform.pull() == platform.pull("site_users") == []
    assert not platform.load.rejected


def test_the_next_page_is_asked_for_before_this_one_is_used(play: Any) -> None:
    asked_again = threading.Event()

    def handler(request: Any) -> Any:
        if request.offset:
            asked_again.set()
        return page_of(numbered(4), 2)(request)

    with play(handler) as platform:
        batches = platform.batches("channel_day")
        next(batches)
        assert asked_again.wait(5)
        assert sum(batch.num_rows for batch in batches) == 2


def test_a_pull_that_is_given_up_leaves_no_thread(play: Any) -> None:
    with play(page_of(numbered(20), 1)) as platform:
        batches = platform.batches("channel_day")
        list(islice(batches, 2))
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("ga4")]
        batches.close()  # type: ignore[attr-defined]
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("ga4")]
        assert len(platform.requests) < 10


# Rows


def test_a_row_has_the_fields_of_the_stream(play: Any) -> None:
    sent = on(
        sessionDefaultChannelGroup="Paid Search",
        sessionSourceMedium="google / cpc",
        sessionCampaignName="Zomer",
        sessions="412",
        engagedSessions="300",
        totalUsers="390",
        newUsers="210",
        keyEvents="12.5",
        ecommercePurchases="9",
        purchaseRevenue="1834.5",
        totalRevenue="1800",
        refundAmount="34.5",
    )
    with play(lambda request: answer(request, [sent], types={"keyEvents": MetricType.TYPE_FLOAT})) as platform:
        (row,) = platform.pull()
    assert row == {
        "account_id": "424242",
        "date": DAY,
        "channel_group": "Paid Search",
        "source_medium": "google / cpc",
        "campaign_name": "Zomer",
        "sessions": 412,
        "engaged_sessions": 300,
        "total_users": 390,
        "new_users": 210,
        "key_events": 12.5,
        "purchases": 9,
        "purchase_revenue": Decimal("1834.5"),
        "total_revenue": Decimal("1800"),
        "refund_amount": Decimal("34.5"),
        "currency": "EUR",
    }


def test_only_key_events_are_asked_for(play: Any) -> None:
    with play(lambda request: answer(request, [on(eventName="purchase", eventCount="3", keyEvents="3")])) as platform:
        (row,) = platform.pull("key_event_day")
    only = platform.requests[0].dimension_filter.filter
    assert (only.field_name, only.string_filter.value) == ("isKeyEvent", "true")
    assert (row["event_name"], row["event_count"], row["key_events"]) == ("purchase", 3, 3.0)


def test_a_value_of_the_wrong_type_goes_to_quarantine_and_the_rest_is_loaded(play: Any) -> None:
    sent = [*numbered(3), on(sessionCampaignName="broken", sessions="many")]
    with play(lambda request: answer(request, sent)) as platform:
        loaded = platform.pull()
    (rejected,) = platform.load.rejected
    assert len(loaded) + len(platform.load.rejected) == len(sent)
    assert "sessions is not a whole number: 'many'" in rejected.reason
    assert "broken" in rejected.row


def test_whole_numbers_that_are_stated_as_fractions_are_taken(play: Any) -> None:
    types = {"sessions": MetricType.TYPE_FLOAT}
    with play(lambda request: answer(request, [on(sessions="12.0"), on(sessions="12.5")], types=types)) as platform:
        assert [row["sessions"] for row in platform.pull()] == [12]
    assert len(platform.load.rejected) == 1


def test_a_metric_that_is_not_in_the_answer_is_bad_data(play: Any) -> None:
    def renamed(request: Any) -> Any:
        made = answer(request, numbered(1))
        made.metric_headers[0].name = "visits"
        return made

    with play(renamed) as platform:
        assert "lacks the metric sessions; it has visits" in str(platform.fails())


def test_a_metric_of_a_type_that_is_new_to_us_is_read_by_the_schema_and_noted(play: Any) -> None:
    def newer(request: Any) -> Any:
        made = answer(request, numbered(2))
        made.metric_headers[0].type_ = 99
        return made

    with play(newer) as platform:
        assert [row["sessions"] for row in platform.pull()] == [0, 1]
    assert platform.load.notes["unknown_types"] == {"sessions": 99}


def test_the_window_is_what_is_asked_for(play: Any) -> None:
    with play(page_of([], 1)) as platform:
        platform.pull("site_day", THREE_DAYS)
    (asked,) = platform.requests[0].date_ranges
    assert (asked.start_date, asked.end_date) == ("2026-11-20", "2026-11-22")


def test_a_row_of_another_day_never_replaces_that_day(play: Any) -> None:
    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    with play(lambda request: answer(request, [on(day) for day in days])) as platform:
        assert [row["date"] for row in platform.pull("site_day")] == [DAY]
    assert [rejected.reason for rejected in platform.load.rejected] == [
        "date is not a day of 2026-11-20..2026-11-20: '20261119'",
        "date is not a day of 2026-11-20..2026-11-20: '20261121'",
    ]


# What the answer says of itself


def test_the_overflow_row_has_no_day_and_goes_to_quarantine(play: Any) -> None:
    sent = [on(sessions="5"), {"date": "(other)", "sessions": "7"}]
    with play(lambda request: answer(request, sent)) as platform:
        assert [row["sessions"] for row in platform.pull("site_day")] == [5]
    (rejected,) = platform.load.rejected
    assert "date is (other)" in rejected.reason
    assert platform.load.flags == {OTHER_ROW}


def _thresholded(made: Any) -> None:
    made.metadata.subject_to_thresholding = True


def _other(made: Any) -> None:
    made.metadata.data_loss_from_other_row = True


def _sampled(made: Any) -> None:
    made.metadata.sampling_metadatas.add(samples_read_count=10, sampling_space_size=100)


def _restricted(made: Any) -> None:
    made.metadata.schema_restriction_response.active_metric_restrictions.add(metric_name="purchaseRevenue")


def _truncated(made: Any) -> None:
    made.metadata.data_truncation_reasons.add(data_truncation_message="no data before 2026")


@pytest.mark.parametrize(
    ("mark", "flag"),
    [
        (_thresholded, THRESHOLDED),
        (_other, OTHER_ROW),
        (_sampled, SAMPLED),
        (_restricted, RESTRICTED),
        (_truncated, RESTRICTED),
    ],
)
@pytest.mark.parametrize("stream", ["site_day", "site_users"])
def test_an_answer_that_is_less_than_it_seems_is_flagged(
    play: Any, mark: Callable[[Any], None], flag: str, stream: str
) -> None:
    def marked(request: Any) -> Any:
        made = answer(request, [on(dateRange=request.date_ranges[0].name)])
        mark(made)
        return made

    with play(marked) as platform:
        assert platform.pull(stream)
    assert platform.load.flags == {flag}


def test_a_sampled_window_is_asked_for_again_day_by_day(play: Any) -> None:
    def handler(request: Any) -> Any:
        (asked,) = request.date_ranges
        made = answer(request, [on(date.fromisoformat(asked.start_date), sessions="9")])
        if asked.start_date != asked.end_date:
            _sampled(made)
        return made

    with play(handler) as platform:
        assert sorted(row["date"] for row in platform.pull("site_day", THREE_DAYS)) == THREE_DAYS.days
    assert not platform.load.flags
    assert platform.load.requests == 4


def test_revenue_that_may_not_be_seen_is_unknown_and_not_zero(play: Any) -> None:
    def restricted(request: Any) -> Any:
        made = answer(request, [on(purchaseRevenue="0", totalRevenue="3")])
        _restricted(made)
        return made

    with play(restricted) as platform:
        (row,) = platform.pull("site_day")
    assert (row["purchase_revenue"], row["total_revenue"]) == (None, Decimal(3))
    assert platform.load.notes["restricted"] == ["purchaseRevenue"]


def test_currency_time_zone_and_quota_are_kept_with_the_load(play: Any) -> None:
    def with_quota(request: Any) -> Any:
        assert request.return_property_quota
        made = answer(request, [on()])
        made.property_quota.tokens_per_day.consumed, made.property_quota.tokens_per_day.remaining = 4, 199_912
        return made

    with play(with_quota) as platform:
        platform.pull("site_day")
    assert platform.load.notes == {
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "quota": {"tokens_per_day": {"consumed": 4, "remaining": 199_912}},
    }


def test_amounts_without_a_currency_are_bad_data(play: Any) -> None:
    def nameless(request: Any) -> Any:
        made = answer(request, [on()])
        made.metadata.currency_code = ""
        return made

    with play(nameless) as platform:
        assert "in which currency" in str(platform.fails("site_day"))


# Users


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        ("2026-11-22", "2026-11-16 2026-11-01 2026-10-01 2026-07-01 2026-01-01"),
        ("2027-01-01", "2026-12-28 2027-01-01 2027-01-01 2027-01-01 2027-01-01"),
        ("2024-12-31", "2024-12-30 2024-12-01 2024-10-01 2024-07-01 2024-01-01"),
        ("2024-02-29", "2024-02-26 2024-02-01 2024-01-01 2024-01-01 2024-01-01"),
        ("2026-06-30", "2026-06-29 2026-06-01 2026-04-01 2026-01-01 2026-01-01"),
    ],
)
def test_a_period_starts_where_the_calendar_says_also_over_new_year(day: str, starts: str) -> None:
    assert [str(start(date.fromisoformat(day))) for start in PERIOD_STARTS.values()] == starts.split()


@pytest.mark.parametrize(
    ("day", "ranges"),
    [
        ("2026-11-22", [3, 2]),  # five starts
        ("2026-08-12", [4]),  # the quarter and the half-year start alike
        ("2026-05-12", [4]),  # the half-year and the year start alike
        ("2026-02-12", [3]),
        ("2026-01-13", [2]),
        ("2024-01-01", [1]),  # a Monday
    ],
)
def test_no_start_is_asked_for_twice_and_no_request_has_more_than_four(play: Any, day: str, ranges: list[int]) -> None:
    one = Window(date.fromisoformat(day), date.fromisoformat(day))
    with play(users_by_length) as platform:
        rows = platform.pull("site_users", one)
    assert [len(request.date_ranges) for request in platform.requests] == ranges
    assert [row["grain"] for row in sorted(rows, key=lambda row: list(PERIOD_STARTS).index(row["grain"]))] == [
        *PERIOD_STARTS
    ]
    assert all(row["total_users"] == (row["date"] - row["period_start"]).days + 1 for row in rows)


def users_by_length(request: Any) -> Any:
    """As many users as a range has days."""
    rows = []
    for asked in request.date_ranges:
        length = date.fromisoformat(asked.end_date) - date.fromisoformat(asked.start_date)
        rows.append({"dateRange": asked.name, "totalUsers": str(length.days + 1)})
    return answer(request, rows)


def test_users_are_asked_for_by_period_to_date_for_every_day(play: Any) -> None:
    with play(users_by_length) as platform:
        rows = platform.pull("site_users", THREE_DAYS)
    assert len(rows) == 3 * 5
    assert platform.load.requests == 3 * 2
    assert {(row["date"], row["grain"]) for row in rows} == {
        (day, grain) for day in THREE_DAYS.days for grain in PERIOD_STARTS
    }
    assert all(row["total_users"] == (row["date"] - row["period_start"]).days + 1 for row in rows)


def test_users_of_many_days_keep_to_the_limit_of_the_property(play: Any) -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def slow(request: Any) -> Any:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return users_by_length(request)

    window = Window(DAY - timedelta(days=39), DAY)
    with play(slow) as platform, ThreadPoolExecutor(3) as pool:
        pulls = [pool.submit(platform.pull, "site_users", window) for _ in range(3)]
        assert [len(pull.result()) for pull in pulls] == [200] * 3
    assert 2 <= most <= CONCURRENT


def test_a_date_range_that_was_not_asked_for_is_bad_data(play: Any) -> None:
    with play(lambda request: answer(request, [{"dateRange": "date_range_0"}])) as platform:
        assert "date_range_0" in str(platform.fails("site_users"))


def test_one_day_that_fails_ends_the_pull_of_the_others(play: Any) -> None:
    def denied(request: Any) -> Any:
        time.sleep(0.01)
        raise RefusalError(grpc.StatusCode.PERMISSION_DENIED, "no")

    with play(denied) as platform:
        assert isinstance(platform.fails("site_users", Window(DAY - timedelta(days=199), DAY)), AuthorisationError)
    assert len(platform.requests) < 100


# Errors

NOW = datetime(2026, 11, 20, 3, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "text", "kind", "hint"),
    [
        ("UNAVAILABLE", "The service is currently unavailable.", TransientError, ""),
        ("INTERNAL", "Internal error encountered.", TransientError, ""),
        ("DEADLINE_EXCEEDED", "Deadline exceeded.", TransientError, ""),
        ("UNAUTHENTICATED", "Request had invalid credentials.", AuthorisationError, "connect the account again"),
        ("PERMISSION_DENIED", "User does not have sufficient permissions.", AuthorisationError, "Viewer"),
        ("INVALID_ARGUMENT", "Field shoes is not a valid dimension.", ConfigurationError, "unknown to GA4"),
        ("NOT_FOUND", "Requested entity was not found.", ConfigurationError, "property id"),
        ("UNIMPLEMENTED", "Method not found!", ConfigurationError, "base_url"),
        ("DATA_LOSS", "Unrecoverable.", BadDataError, ""),
        ("RESOURCE_EXHAUSTED", "CLIENT: Received message larger than max", BadDataError, "no page"),
        ("RESOURCE_EXHAUSTED", "Some quota of tomorrow's.", QuotaError, ""),
    ],
)
def test_errors_are_classed_by_what_happens_next(
    play: Any, status: str, text: str, kind: type[ConnectorError], hint: str
) -> None:
    def refusing(request: Any) -> Any:
        raise RefusalError(grpc.StatusCode[status], text)

    with play(refusing) as platform:
        error = platform.fails()
    assert isinstance(error, kind)
    assert hint in error.hint
    assert str(error).startswith(f"ga4 424242 channel_day: {status}: {text}")


def test_an_api_that_is_not_enabled_says_so(play: Any) -> None:
    def disabled(request: Any) -> Any:
        raise RefusalError(
            grpc.StatusCode.PERMISSION_DENIED, "Google Analytics Data API has not been used", "SERVICE_DISABLED"
        )

    with play(disabled) as platform:
        error = platform.fails()
    assert isinstance(error, ConfigurationError)
    assert "enable the Google Analytics Data API" in error.hint


@pytest.mark.parametrize(
    ("text", "least_s", "most_s"),
    [
        ("Exhausted concurrent requests quota.", 30, 30),
        ("Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.", 0, 3600),
        ("Exhausted property tokens per day.", 0, 25 * 3600),
        ("Exhausted potentially thresholded requests quota.", 3600, 3600),
    ],
)
def test_an_exhausted_quota_says_how_long(play: Any, text: str, least_s: float, most_s: float) -> None:
    def refusing(request: Any) -> Any:
        raise RefusalError(grpc.StatusCode.RESOURCE_EXHAUSTED, text)

    with play(refusing) as platform:
        error = platform.fails()
    assert isinstance(error, QuotaError)
    assert error.retry_after is not None
    assert least_s <= error.retry_after <= most_s


def test_hourly_tokens_return_at_the_top_of_the_hour() -> None:
    assert to_next_hour(NOW) == 15 * 60


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 20, 3, 0, tzinfo=UTC), 5),  # 19:00 Pacific Standard Time
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), 4),  # 20:00 Pacific Daylight Time
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), 25),  # midnight before the clocks go back
        (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), 23),  # midnight before they go forward
    ],
)
def test_daily_tokens_return_at_midnight_in_california(now: datetime, hours: int) -> None:
    assert to_pacific_midnight(now) == hours * 3600


def failing(times: int, status: grpc.StatusCode) -> Handler:
    left = iter(range(times))

    def handler(request: Any) -> Any:
        if next(left, None) is not None:
            raise RefusalError(status, "try later")
        return answer(request, numbered(1))

    return handler


def test_a_short_failure_is_tried_again(play: Any) -> None:
    with play(failing(2, grpc.StatusCode.UNAVAILABLE)) as platform:
        assert len(platform.pull()) == 1
    assert platform.load.requests == 3


def test_a_lasting_failure_is_tried_a_few_times_only(play: Any) -> None:
    with play(failing(99, grpc.StatusCode.INTERNAL)) as platform:
        assert isinstance(platform.fails(), TransientError)
    assert len(platform.requests) == 3


def test_a_property_is_left_alone_before_google_blocks_it_for_errors(play: Any) -> None:
    with play(failing(99, grpc.StatusCode.INTERNAL)) as platform:
        platform.fails()
        error = platform.fails()
    assert isinstance(error, QuotaError)
    assert error.retry_after == 3600
    assert len(platform.requests) < 10


def test_nobody_at_the_address_is_transient_and_says_where_to_look(play: Any) -> None:
    with play(page_of([], 1)) as platform:
        platform.ga4.client = Client(platform.ga4.settings.credentials, "grpc://127.0.0.1:1", AT_ONCE)
        error = platform.fails()
        platform.ga4.close()
    assert isinstance(error, TransientError)
    assert "base_url" in error.hint


def test_grpcs_speaks_tls(play: Any) -> None:
    with play(page_of([], 1)) as platform:
        address = platform.ga4.settings.base_url.replace("grpc://", "grpcs://")
        platform.ga4.client = Client(platform.ga4.settings.credentials, address, AT_ONCE)
        assert isinstance(platform.fails(), TransientError)
        platform.ga4.close()
    assert not platform.requests


# Credentials


def test_a_token_that_ends_half_way_is_replaced_once(play: Any) -> None:
    def handler(request: Any) -> Any:
        if request.offset >= 2 and platform.authorisations[-1] == "Bearer token-1":
            raise RefusalError(grpc.StatusCode.UNAUTHENTICATED, "Request had invalid authentication credentials.")
        return page_of(numbered(4), 2)(request)

    with play(handler) as platform:
        assert len(platform.pull()) == 4
    assert platform.authorisations == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_credential_that_is_refused_twice_is_given_up(play: Any) -> None:
    with play(failing(99, grpc.StatusCode.UNAUTHENTICATED)) as platform:
        assert isinstance(platform.fails(), AuthorisationError)
    assert platform.tokens == len(platform.requests) == 2


def test_one_token_serves_many_calls(play: Any) -> None:
    with play(users_by_length) as platform:
        platform.pull("site_users", THREE_DAYS)
    assert platform.tokens == 1


def test_calls_name_the_property_and_the_project_that_pays(play: Any) -> None:
    with play(page_of([], 1), {**PERSON, "quota_project_id": "acme-reports"}) as platform:
        platform.pull()
    (sent,) = platform.metadata
    assert sent["x-goog-request-params"] == "property=properties/424242"
    assert sent["x-goog-user-project"] == "acme-reports"


def service_account() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"type": "service_account", "client_email": "kompas@acme.iam.gserviceaccount.com", "private_key": pem}


def test_a_service_account_signs_in_and_is_named_where_it_lacks_access(play: Any) -> None:
    def denied(request: Any) -> Any:
        raise RefusalError(grpc.StatusCode.PERMISSION_DENIED, "User does not have sufficient permissions.")

    with play(denied, service_account()) as platform:
        error = platform.fails()
    assert platform.tokens == 1
    assert "add kompas@acme.iam.gserviceaccount.com as a Viewer" in error.hint


def test_a_revoked_credential_asks_for_a_new_connection(play: Any) -> None:
    def revoked(_: Any) -> Answer:
        return Answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})

    with play(page_of([], 1), token=revoked) as platform:
        error = platform.fails()
    assert isinstance(error, AuthorisationError)
    assert "Token has been expired or revoked" in str(error)
    assert "long-lived" not in str(error)
    assert "hush" not in str(error)


def test_a_token_endpoint_out_of_reach_is_transient(play: Any) -> None:
    with play(page_of([], 1), {**PERSON, "token_uri": "http://127.0.0.1:1/token"}) as platform:
        assert isinstance(platform.fails(), TransientError)


@pytest.mark.parametrize(
    "text", ['{"type": "api_key"}', '{"type": "authorized_user"}', '{"type": "service_account"}', "{"]
)
def test_a_credential_of_another_kind_is_a_setting_to_change(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GA4_CREDENTIAL", text)
    with connected("grpc://127.0.0.1:1") as ga4, pytest.raises(ConfigurationError, match="env:GA4_CREDENTIAL"):
        ga4.check(ga4.accounts[0])


def test_nothing_is_read_or_opened_before_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GA4_CREDENTIAL", raising=False)
    threads = threading.active_count()
    with connected("grpc://127.0.0.1:1"):
        assert threading.active_count() == threads


# Settings and the connection test


def test_the_connection_test_tells_currency_and_time_zone(play: Any) -> None:
    with play(lambda request: answer(request, [{"activeUsers": "12"}])) as platform:
        facts = platform.ga4.check(platform.account)
    assert facts == AccountFacts("properties/424242", "EUR", "Europe/Amsterdam")
    assert [request.property for request in platform.requests] == ["properties/424242"]


@pytest.mark.parametrize("written", ["424242", 424242, " properties/424242"])
def test_a_property_is_known_by_its_number(written: object) -> None:
    assert settings(accounts=[{"id": written}]).accounts[0].id == "424242"


@pytest.mark.parametrize("written", ["G-ABC123", "UA-1234-1", "properties/", "٤٢"])
def test_an_id_of_something_else_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="a GA4 property id is a number"):
        settings(accounts=[{"id": written}])


def test_an_address_that_is_not_grpc_is_refused() -> None:
    with pytest.raises(ValidationError, match="grpc://"):
        settings(base_url="http://127.0.0.1:18400/ga4")


def test_users_are_never_measures_that_are_summed() -> None:
    assert not [measure for stream in Ga4.streams for measure in stream.measures if "users" in measure]


def test_a_secret_is_shown_by_its_name_only() -> None:
    assert repr(settings().credentials) == repr(Secret("env:GA4_CREDENTIAL"))
