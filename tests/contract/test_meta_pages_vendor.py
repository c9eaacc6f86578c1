"""Meta's own SDK as the client of the sandbox: pages, posts, media, and insights of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.facebook_page_fields import page_fields
from sandbox.instagram_metrics import MEDIA_METRICS
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import APP_ID, APP_SECRET, TOKEN
from sandbox.server import Sandbox

# The SDK writes annotations and escapes that Python 3.11 and later warn about; that is not ours to mend.
# It warns of every metric of a page, too: it takes them for objects.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore:value of metric might not:UserWarning"
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PAGE = PAGES[0]
Api = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=11, scale=0.1, first_day=date(2026, 10, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def api(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The SDK's client of a platform of the sandbox, with a token."""
    session = pytest.importorskip("facebook_business.session", reason="Meta's SDK is not installed")
    module = pytest.importorskip("facebook_business.api")

    def client(platform: str, token: str) -> Any:
        monkeypatch.setattr(session.FacebookSession, "GRAPH", sandbox.url(platform))
        return module.FacebookAdsApi.init(app_id=APP_ID, app_secret=APP_SECRET, access_token=token, crash_log=False)

    return client


def kind(name: str) -> Any:
    return getattr(pytest.importorskip(f"facebook_business.adobjects.{name.lower()}"), name)


def exported(cursor: Any) -> list[dict[str, Any]]:
    return [row.export_all_data() for row in cursor]


def test_the_sdk_lists_pages_with_their_tokens(api: Api) -> None:
    user = kind("User")("me", api=api("facebook_pages", TOKEN))
    found = exported(user.get_accounts(fields=["id", "access_token"]))
    assert found == [page_fields(page, "id,access_token") for page in PAGES]


def test_the_sdk_pages_through_posts(api: Api, sandbox: Sandbox) -> None:
    page = kind("Page")(PAGE.id, api=api("facebook_pages", PAGE.token))
    found = exported(page.get_published_posts(fields=["id", "created_time", "shares"], params={"limit": 3}))
    (wanted,) = sandbox.world.query(
        "SELECT count(*) FROM posts JOIN post_pages USING (post_id) WHERE network = 'Facebook' AND page = 'nl'"
    )[0]
    assert len({post["id"] for post in found}) == len(found) == wanted > 3


def test_the_sdk_reads_a_page_s_days(api: Api) -> None:
    page = kind("Page")(PAGE.id, api=api("facebook_pages", PAGE.token))
    params = {"metric": ["page_media_view"], "period": "day", "since": "2026-11-15", "until": "2026-11-18"}
    # The SDK's cursor follows `next`, which never ends: its first page is what was asked for.
    cursor = page.get_insights(params=params)
    assert [value["end_time"][:10] for value in cursor[0]["values"]] == ["2026-11-16", "2026-11-17", "2026-11-18"]


def test_the_sdk_reads_a_post_s_insights(api: Api) -> None:
    client = api("facebook_pages", PAGE.token)
    (post, *_) = kind("Page")(PAGE.id, api=client).get_published_posts(fields=["id"])
    told = kind("PagePost")(post["id"], api=client).get_insights(params={"metric": ["post_media_view"]})
    assert told[0]["values"][0]["value"] > 0


def test_the_sdk_reads_instagram(api: Api) -> None:
    client = api("instagram", TOKEN)
    account = kind("IGUser")(PAGE.instagram_id, api=client)
    media = exported(account.get_media(fields=["id", "timestamp", "like_count"], params={"limit": 50}))
    told = kind("IGMedia")(media[0]["id"], api=client).get_insights(params={"metric": ["views", "reach"]})
    assert [entry["name"] for entry in told] == ["views", "reach"]


def test_the_sdk_raises_its_own_error_on_a_metric_that_is_gone(api: Api) -> None:
    exceptions = pytest.importorskip("facebook_business.exceptions")
    page = kind("Page")(PAGE.id, api=api("facebook_pages", PAGE.token))
    with pytest.raises(exceptions.FacebookRequestError) as caught:
        page.get_insights(params={"metric": ["page_impressions"], "period": "day"})
    assert caught.value.api_error_code() == 100


def test_the_metrics_of_a_media_are_those_of_the_sdk() -> None:
    assert set(MEDIA_METRICS) <= set(vars(kind("InstagramInsightsResult").Metric).values())
