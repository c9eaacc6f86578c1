"""The Google Ads server: GAQL, access through managers, restated figures and failures, on the small world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox import google_ads_search
from sandbox.company import World
from sandbox.gaql import Condition, GaqlError, Order, Query, parse
from sandbox.google_ads import quota_body
from sandbox.google_tokens import ANALYTICS, tokens_of
from sandbox.server import Sandbox
from tests.sandbox.small_world import SmallWorld

SHOP, AGENCY, MANAGER = "1112223334", "5556667778", "9990001112"
METRICS = "metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.interactions"
WEEK = "segments.date BETWEEN '2026-11-16' AND '2026-11-22'"


class Client:
    """Sends GAQL with a good token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.world = sandbox, sandbox.world
        self.headers = {"authorization": f"Bearer {tokens_of(self.world).issue()}"}

    def post(self, path: str, body: dict[str, Any], **headers: str) -> requests.Response:
        """A POST below the base URL; `login_customer_id` becomes the header of that name."""
        dashed = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.sandbox.url('google_ads')}{path}"
        return requests.post(url, json=body, headers=self.headers | dashed, timeout=20)

    def stream(self, query: str, customer: str = SHOP, **headers: str) -> list[dict[str, Any]]:
        """The batches of a searchStream."""
        answer = self.post(f"/v26/customers/{customer}/googleAds:searchStream", {"query": query}, **headers)
        answer.raise_for_status()
        return list(answer.json())

    def rows(self, query: str, customer: str = SHOP, **headers: str) -> list[dict[str, Any]]:
        """All rows of a searchStream."""
        return [row for batch in self.stream(query, customer, **headers) for row in batch.get("results", [])]

    def refusal(self, query: str, customer: str = SHOP, **headers: str) -> tuple[int, dict[str, str]]:
        """HTTP code and errorCode of a search that must fail."""
        answer = self.post(f"/v26/customers/{customer}/googleAds:search", {"query": query}, **headers)
        return answer.status_code, answer.json()["error"]["details"][0]["errors"][0]["errorCode"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)


def test_a_campaign_day_in_the_shape_of_the_vendor(client: Client) -> None:
    fields = f"segments.date, campaign.id, campaign.name, customer.currency_code, {METRICS}"
    assert client.rows(f"SELECT {fields} FROM campaign WHERE {WEEK}")[0] == {
        "campaign": {"resourceName": f"customers/{SHOP}/campaigns/101", "id": "101", "name": "Brand"},
        "customer": {"resourceName": f"customers/{SHOP}", "currencyCode": "EUR"},
        "segments": {"date": "2026-11-20"},
        "metrics": {"costMicros": "12000000", "impressions": "1490", "clicks": "70", "interactions": "70"},
    }


def test_corrections_appear_when_they_become_known() -> None:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        client = Client(running)
        query = "SELECT segments.date, metrics.cost_micros FROM customer WHERE segments.date = '2026-11-20'"
        before = client.rows(query)[0]["metrics"]
        running.world.now += timedelta(days=2)
        assert (before, client.rows(query)[0]["metrics"]) == ({"costMicros": "12000000"}, {"costMicros": "11000000"})


def test_conversions_count_on_the_click_day_and_primary_ones_only(client: Client) -> None:
    query = f"""SELECT segments.date, metrics.conversions, metrics.conversions_value, metrics.all_conversions,
        metrics.conversions_by_conversion_date, metrics.conversions_value_by_conversion_date
        FROM campaign WHERE {WEEK}"""
    assert [(row["segments"]["date"], row["metrics"]) for row in client.rows(query)] == [
        (
            "2026-11-20",
            {
                "conversions": 3.5,
                "conversionsValue": 260.75,
                "allConversions": 6.5,
                "conversionsByConversionDate": 2.5,
                "conversionsValueByConversionDate": 210.75,
            },
        ),
        ("2026-11-22", {"conversionsByConversionDate": 1, "conversionsValueByConversionDate": 50}),
    ]


def test_conversions_by_action(client: Client) -> None:
    query = f"""SELECT segments.date, campaign.id, segments.conversion_action, segments.conversion_action_name,
        metrics.conversions, metrics.all_conversions FROM campaign WHERE {WEEK}"""
    found = {row["segments"]["conversionActionName"]: row["metrics"] for row in client.rows(query)}
    assert found == {"Aankoop": {"conversions": 3.5, "allConversions": 3.5}, "Nieuwsbrief": {"allConversions": 3}}


def test_campaigns_without_activity_vanish_only_behind_a_segment(client: Client) -> None:
    by_day = client.rows(f"SELECT segments.date, campaign.name, metrics.clicks FROM campaign WHERE {WEEK}")
    whole = client.rows(f"SELECT campaign.name, metrics.clicks FROM campaign WHERE {WEEK}")
    assert {row["campaign"]["name"] for row in by_day} == {"Brand"}
    assert [row.get("metrics") for row in whole] == [{"clicks": "110"}, None]


def test_filters_orders_and_limits(client: Client) -> None:
    kept = "WHERE campaign.status IN ('ENABLED', 'PAUSED') ORDER BY campaign.id DESC LIMIT 1"
    assert client.rows(f"SELECT campaign.id FROM campaign {kept}")[0]["campaign"]["id"] == "102"
    assert client.rows("SELECT campaign.id FROM campaign WHERE campaign.name LIKE 'br%'")[0]["campaign"]["id"] == "101"


def test_named_ranges_end_yesterday(client: Client) -> None:
    query = "SELECT segments.date, metrics.clicks FROM customer WHERE segments.date DURING LAST_7_DAYS"
    assert [row["segments"]["date"] for row in client.rows(query)] == ["2026-11-20", "2026-11-21"]


def test_the_manager_lists_its_tree(client: Client) -> None:
    query = "SELECT customer_client.id, customer_client.level, customer_client.manager FROM customer_client"
    found = [row["customerClient"] for row in client.rows(query, MANAGER)]
    assert [(one["id"], one.get("level", "0"), one.get("manager", False)) for one in found] == [
        (SHOP, "1", False),
        (AGENCY, "1", False),
        (MANAGER, "0", True),
    ]


def test_directly_accessible_customers(client: Client) -> None:
    url = f"{client.sandbox.url('google_ads')}/v26/customers:listAccessibleCustomers"
    body = requests.get(url, headers=client.headers, timeout=10).json()
    assert body == {"resourceNames": [f"customers/{SHOP}", f"customers/{MANAGER}"]}


def test_the_agencys_account_needs_the_login_customer_id(client: Client) -> None:
    query = f"SELECT segments.date, customer.currency_code, {METRICS} FROM campaign WHERE {WEEK}"
    assert client.refusal(query, AGENCY) == (403, {"authorizationError": "USER_PERMISSION_DENIED"})
    assert client.refusal(query, AGENCY, login_customer_id=SHOP)[0] == 403
    assert client.rows(query, AGENCY, login_customer_id=MANAGER)[0]["customer"]["currencyCode"] == "GBP"


def test_an_empty_answer_is_one_batch_without_results(client: Client) -> None:
    query = "SELECT segments.date, metrics.clicks FROM campaign WHERE segments.date = '2026-01-01'"
    (batch,) = client.stream(query)
    assert sorted(batch) == ["fieldMask", "queryResourceConsumption", "requestId"]
    assert batch["fieldMask"] == "segments.date,metrics.clicks"


def test_batches_share_a_request_id_and_the_last_tells_the_cost(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_ads_search, "STREAM_BATCH_ROWS", 1)
    batches = client.stream(f"SELECT segments.date, metrics.clicks FROM campaign WHERE {WEEK}")
    assert [len(batch["results"]) for batch in batches] == [1, 1]
    assert len({batch["requestId"] for batch in batches}) == 1
    assert ["queryResourceConsumption" in batch for batch in batches] == [False, True]


def pages(client: Client, query: str) -> Iterator[dict[str, Any]]:
    body: dict[str, Any] = {"query": query}
    while True:
        page = client.post(f"/v26/customers/{SHOP}/googleAds:search", body).json()
        yield page
        if not page.get("nextPageToken"):
            return
        body["pageToken"] = page["nextPageToken"]


def test_pages_end_without_a_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_ads_search, "PAGE_ROWS", 1)
    found = list(pages(client, f"SELECT segments.date, metrics.clicks FROM campaign WHERE {WEEK}"))
    assert [row["segments"]["date"] for page in found for row in page["results"]] == ["2026-11-20", "2026-11-21"]


def test_pages_show_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_ads_search, "PAGE_ROWS", 1)
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        walk = pages(
            Client(running),
            f"SELECT segments.date, metrics.clicks FROM campaign WHERE {WEEK} ORDER BY segments.date DESC",
        )
        next(walk)
        running.world.now += timedelta(days=2)
        assert next(walk)["results"][0]["metrics"] == {"clicks": "70"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pageSize": 100}, "PAGE_SIZE_NOT_SUPPORTED"),
        ({"pageToken": "nonsense"}, "INVALID_PAGE_TOKEN"),
    ],
)
def test_bad_paging_is_refused(client: Client, change: dict[str, Any], code: str) -> None:
    body = {"query": "SELECT campaign.id FROM campaign"} | change
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:search", body).json()
    assert answer["error"]["details"][0]["errors"][0]["errorCode"] == {"requestError": code}


def test_page_tokens_are_tied_to_their_query_and_expire(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_ads_search, "PAGE_ROWS", 1)
    query = "SELECT campaign.id FROM campaign"
    token = next(pages(client, query))["nextPageToken"]
    path = f"/v26/customers/{SHOP}/googleAds:search"
    other = client.post(path, {"query": f"{query} LIMIT 9", "pageToken": token}).json()
    monkeypatch.setattr(google_ads_search, "PAGE_TOKEN_LIFETIME_S", -1)
    late = client.post(path, {"query": query, "pageToken": token}).json()
    codes = [answer["error"]["details"][0]["errors"][0]["errorCode"]["requestError"] for answer in (other, late)]
    assert codes == ["INVALID_PAGE_TOKEN", "EXPIRED_PAGE_TOKEN"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT metrics.nope FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM nowhere", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT customer_client.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT segments.date, metrics.clicks FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT segments.date FROM campaign WHERE segments.date >= '2026-11-01'", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        (f"SELECT campaign.id FROM campaign WHERE {WEEK} AND segments.conversion_action_name = 'x'",
         "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        (f"SELECT segments.conversion_action, metrics.clicks FROM campaign WHERE {WEEK}",
         "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT campaign.id FROM campaign ORDER BY campaign.name", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status = 'ON'", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id = 'one'", "BAD_NUMBER"),
        ("SELECT segments.date FROM campaign WHERE segments.date = '20-11-2026'", "INVALID_DATE_FORMAT"),
        ("SELECT segments.date FROM campaign WHERE segments.date DURING EVER", "INVALID_VALUE_WITH_DURING_OPERATOR"),
        ("SELECT segments.date FROM campaign WHERE segments.date BETWEEN '2026-11-02' AND '2026-11-01'",
         "PROHIBITED_VALUE_COMBINATION_WITH_BETWEEN_OPERATOR"),
    ],
)  # fmt: skip
def test_queries_that_may_not_run(client: Client, query: str, code: str) -> None:
    assert client.refusal(query) == (400, {"queryError": code})


def test_managers_have_no_metrics(client: Client) -> None:
    query = f"SELECT segments.date, metrics.clicks FROM customer WHERE {WEEK}"
    assert client.refusal(query, MANAGER) == (400, {"queryError": "REQUESTED_METRICS_FOR_MANAGER"})


def test_daily_data_reaches_back_37_months(client: Client) -> None:
    def since(day: str) -> str:
        return (
            f"SELECT segments.date, metrics.clicks FROM customer WHERE segments.date BETWEEN '{day}' AND '2026-11-22'"
        )

    refused = {"dateRangeError": "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED"}
    assert client.refusal(since("2023-09-30")) == (400, refused)
    assert client.rows(since("2023-10-01"))


@pytest.mark.parametrize("customer", ["111-222-3334", "12"])
def test_customer_ids_are_ten_digits(client: Client, customer: str) -> None:
    code = {"requestError": "INVALID_CUSTOMER_ID"}
    assert client.refusal("SELECT campaign.id FROM campaign", customer) == (400, code)


def test_dead_versions(client: Client) -> None:
    body = {"query": "SELECT campaign.id FROM campaign"}
    blocked = client.post(f"/v22/customers/{SHOP}/googleAds:search", body)
    gone = client.post(f"/v19/customers/{SHOP}/googleAds:search", body)
    assert blocked.json()["error"]["details"][0]["errors"][0]["errorCode"] == {"requestError": "UNSUPPORTED_VERSION"}
    assert (gone.status_code, gone.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("version", ["v23", "v24", "v25", "v26"])
def test_live_versions_name_themselves_in_failures(client: Client, version: str) -> None:
    failure = client.post(f"/{version}/customers/{SHOP}/googleAds:search", {"query": ""}).json()["error"]["details"][0]
    assert failure["@type"] == f"type.googleapis.com/google.ads.googleads.{version}.errors.GoogleAdsFailure"


def test_the_stream_wraps_its_error_in_an_array(client: Client) -> None:
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:searchStream", {"query": "SELECT"})
    assert [list(item) for item in answer.json()] == [["error"]]


def test_unknown_json_keys_are_refused(client: Client) -> None:
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:search", {"gaql": "SELECT"}).json()
    assert answer["error"]["message"] == 'Invalid JSON payload received. Unknown name "gaql": Cannot find field.'


def test_a_call_without_a_token(client: Client) -> None:
    client.headers = {}
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:search", {"query": "SELECT"})
    assert answer.status_code == 401
    assert answer.json()["error"]["details"][0]["reason"] == "CREDENTIALS_MISSING"


def test_a_token_for_analytics_only_lacks_the_scope(client: Client) -> None:
    client.headers = {"authorization": f"Bearer {tokens_of(client.world).issue([ANALYTICS])}"}
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:search", {"query": "SELECT"})
    assert answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(
    ("end", "code"), [("revoke_all", "OAUTH_TOKEN_REVOKED"), ("expire_all", "OAUTH_TOKEN_EXPIRED")]
)
def test_tokens_that_have_ended(client: Client, end: str, code: str) -> None:
    getattr(tokens_of(client.world), end)()
    assert client.refusal("SELECT campaign.id FROM campaign") == (401, {"authenticationError": code})


def test_a_scripted_quota_error_says_how_long_to_wait(client: Client) -> None:
    body = quota_body("RESOURCE_EXHAUSTED", retry_delay_s=900)
    client.sandbox.faults.script("google_ads", [(429, body, {})])
    answer = client.post(f"/v26/customers/{SHOP}/googleAds:search", {"query": "SELECT campaign.id FROM campaign"})
    details = answer.json()["error"]["details"][0]["errors"][0]["details"]
    assert (answer.status_code, details["quotaErrorDetails"]["retryDelay"]) == (429, "900s")


def test_a_month_of_the_company_agrees_with_its_deltas() -> None:
    world = World(seed=5, scale=0.05, first_day=date(2026, 6, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        client = Client(running)
        fields = f"segments.date, campaign.id, {METRICS}, metrics.conversions, metrics.conversions_value"
        query = f"SELECT {fields} FROM campaign"
        where = "WHERE segments.date BETWEEN '2026-10-01' AND '2026-10-31'"
        for customer in (SHOP, AGENCY):
            rows = [row["metrics"] for row in client.rows(f"{query} {where}", customer, login_customer_id=MANAGER)]
            names = ("costMicros", "impressions", "clicks", "conversions", "conversionsValue")
            found = [sum(float(row.get(name, 0)) for row in rows) for name in names]
            assert found == pytest.approx(_october(world, customer))


def _october(world: World, account: str) -> list[float]:
    """Cost in micros, impressions, clicks, primary conversions and their value, straight from the tables."""
    (days,) = world.query(
        """SELECT sum(cost) * 1000000, sum(impressions), sum(clicks) FROM ad_days
        WHERE account_id = ? AND date BETWEEN '2026-10-01' AND '2026-10-31' AND known_at <= ?""",
        [account, world.clock],
    )
    (conversions,) = world.query(
        """SELECT coalesce(sum(conversions), 0), coalesce(sum(value), 0) FROM ad_conversions WHERE account_id = ?
        AND click_date BETWEEN '2026-10-01' AND '2026-10-31' AND known_at <= ? AND action = 'purchase'""",
        [account, world.clock],
    )
    return [float(value) for value in (*days, *conversions)]


def test_gaql_reads_every_clause() -> None:
    text = """select campaign.id, metrics.clicks FROM campaign WHERE segments.date BETWEEN '2026-01-01' AND "2026-01-02"
        AND campaign.status NOT IN (PAUSED, 'REMOVED') AND campaign.name = 'O\\'Neill' AND metrics.clicks > 3
        ORDER BY metrics.clicks DESC, campaign.id LIMIT 5 PARAMETERS include_drafts=true"""
    assert parse(text) == Query(
        select=("campaign.id", "metrics.clicks"),
        resource="campaign",
        where=(
            Condition("segments.date", "BETWEEN", ("2026-01-01", "2026-01-02")),
            Condition("campaign.status", "NOT IN", ("PAUSED", "REMOVED")),
            Condition("campaign.name", "=", ("O'Neill",)),
            Condition("metrics.clicks", ">", ("3",)),
        ),
        orders=(Order("metrics.clicks", downwards=True), Order("campaign.id")),
        limit=5,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT 5 FROM campaign", "BAD_FIELD_NAME"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id ~ 5", "BAD_SYMBOL"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id NEAR 5", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN 5", "EXPECTED_LIST"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id = 1 OR campaign.id = 2", "UNEXPECTED_INPUT"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'open", "STRING_NOT_TERMINATED"),
        ("SELECT campaign.id FROM campaign ORDER campaign.id", "EXPECTED_BY"),
        ("SELECT campaign.id FROM campaign LIMIT many", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
        ("SELECT campaign.id FROM campaign PARAMETERS speed=true", "BAD_PARAMETER_NAME"),
    ],
)
def test_gaql_that_cannot_be_read(text: str, code: str) -> None:
    with pytest.raises(GaqlError) as caught:
        parse(text)
    assert caught.value.code == code
