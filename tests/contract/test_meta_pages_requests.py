"""Our requests to Facebook Pages and Instagram, judged by Meta's own SDK: fields, parameters, their types and values.

Not judged, as the SDK does not list them: metrics, but for those of a media; and `since` and `until` of a page's posts,
which every list by time takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

import pytest

from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import APP_ID, APP_SECRET, TOKEN
from tests.contract.our_requests import Night, Sent

# The SDK writes annotations and escapes that Python 3.11 and later warn about; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")

LISTS = {"limit", "after"}
BY_TIME = {"since", "until"}
METRIC = {"metric"}
_INNER = re.compile(r"\{[^{}]*\}|\.\w+\([^()]*\)")
NightOf = Callable[[str], Night]


def sdk(module: str) -> Any:
    return pytest.importorskip(f"facebook_business.{module}", reason="Meta's SDK is not installed")


def client() -> Any:
    return sdk("api").FacebookAdsApi(sdk("session").FacebookSession(APP_ID, APP_SECRET, TOKEN))


def of(sent: list[Sent], node: str, edge: str = "") -> list[dict[str, str]]:
    """The parameters of all calls to an edge of a kind of node."""
    found = [one.query for one in sent if _place(one) == (node, edge)]
    assert found
    return found


def _place(sent: Sent) -> tuple[str, str]:
    _version, node, *edges = sent.path.lstrip("/").split("/")
    accounts = {PAGES[0].id, PAGES[0].instagram_id}
    return "account" if node in accounts else "me" if node == "me" else "post", "/".join(edges)


def unknown_fields(params: dict[str, str], kind: Any) -> list[str]:
    """Names in `fields` that are neither a field of an object of the SDK nor an edge of it."""
    fields = {value for name, value in vars(kind.Field).items() if not name.startswith("__")}
    edges = {name.removeprefix("get_") for name in dir(kind) if name.startswith("get_")}
    return [name for name in _INNER.sub("", params["fields"]).split(",") if name not in fields | edges]


def misfits(params: dict[str, str], call: Any, known: Collection[str] = ()) -> list[str]:
    """Parameters that the SDK does not declare for a call, or whose values it would refuse."""
    checker = call(pending=True)._param_checker
    judged = {name: params[name] for name in params.keys() - {"fields", "appsecret_proof"} - set(known)}
    return [
        name
        for name, text in judged.items()
        if not checker.is_valid_key(name) or not checker.is_valid_pair(name, _value(checker.get_type(name), text))
    ]


def _value(kind: str, text: str) -> Any:
    """What the SDK is given for what is sent as text: a list travels with commas."""
    return text.split(",") if kind.startswith("list") else text


@pytest.fixture(scope="module")
def pages(night: NightOf) -> list[Sent]:
    return night("facebook_pages").api("facebook_pages")


@pytest.fixture(scope="module")
def instagram(night: NightOf) -> list[Sent]:
    return night("instagram").api("instagram")


def test_every_kind_of_call_is_made(pages: list[Sent], instagram: list[Sent]) -> None:
    insights = {("account", ""), ("account", "insights"), ("post", "insights")}
    assert {_place(sent) for sent in pages} == insights | {("me", "accounts"), ("account", "published_posts")}
    assert {_place(sent) for sent in instagram} == insights | {("account", "media")}


def test_the_version_is_the_sdks(pages: list[Sent], instagram: list[Sent]) -> None:
    version = sdk("apiconfig").ads_api_config["API_VERSION"]
    assert {sent.path.split("/")[1] for sent in (*pages, *instagram)} == {version}


def test_fields_of_pages_are_the_sdks(pages: list[Sent]) -> None:
    kind = sdk("adobjects.page").Page
    asked = of(pages, "account") + of(pages, "me", "accounts")
    assert [unknown_fields(params, kind) for params in asked] == [[]] * len(asked)


def test_fields_of_posts_are_the_sdks(pages: list[Sent]) -> None:
    kind = sdk("adobjects.pagepost").PagePost
    assert not any(unknown_fields(params, kind) for params in of(pages, "account", "published_posts"))


def test_parameters_of_posts_are_the_sdks(pages: list[Sent]) -> None:
    call = sdk("adobjects.page").Page(PAGES[0].id, api=client()).get_published_posts
    assert not any(
        misfits(params, call, LISTS - {"limit"} | BY_TIME) for params in of(pages, "account", "published_posts")
    )


def test_parameters_of_a_page_s_insights_are_the_sdks(pages: list[Sent]) -> None:
    call = sdk("adobjects.page").Page(PAGES[0].id, api=client()).get_insights
    assert not any(misfits(params, call, METRIC) for params in of(pages, "account", "insights"))


def test_parameters_of_a_post_s_insights_are_the_sdks(pages: list[Sent]) -> None:
    call = sdk("adobjects.pagepost").PagePost("1_2", api=client()).get_insights
    assert not any(misfits(params, call, METRIC) for params in of(pages, "post", "insights"))


def test_fields_of_instagram_are_the_sdks(instagram: list[Sent]) -> None:
    account, media = sdk("adobjects.iguser").IGUser, sdk("adobjects.igmedia").IGMedia
    assert not any(unknown_fields(params, account) for params in of(instagram, "account"))
    assert not any(unknown_fields(params, media) for params in of(instagram, "account", "media"))


def test_parameters_of_instagram_s_media_are_the_sdks(instagram: list[Sent]) -> None:
    call = sdk("adobjects.iguser").IGUser(PAGES[0].instagram_id, api=client()).get_media
    assert not any(misfits(params, call, LISTS) for params in of(instagram, "account", "media"))


def test_metrics_and_parameters_of_instagram_s_insights_are_the_sdks(instagram: list[Sent]) -> None:
    account = sdk("adobjects.iguser").IGUser(PAGES[0].instagram_id, api=client())
    media = sdk("adobjects.igmedia").IGMedia("179", api=client())
    assert not any(misfits(params, account.get_insights, METRIC) for params in of(instagram, "account", "insights"))
    assert not any(misfits(params, media.get_insights) for params in of(instagram, "post", "insights"))


def test_a_wrong_name_would_be_noticed(pages: list[Sent]) -> None:
    (params, *_) = of(pages, "account", "published_posts")
    wrong = params | {"fields": f"{params['fields']},likes_of_all", "surprise": "1"}
    page = sdk("adobjects.page").Page(PAGES[0].id, api=client())
    assert unknown_fields(wrong, sdk("adobjects.pagepost").PagePost) == ["likes_of_all"]
    assert misfits(wrong, page.get_published_posts, LISTS - {"limit"} | BY_TIME) == ["surprise"]
