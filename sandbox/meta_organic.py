"""What the Graph APIs of Facebook Pages and Instagram share: one network of the company, read by a user's token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.facebook_page_fields import page_fields
from sandbox.meta_call import GraphCall
from sandbox.meta_errors import MetaError, no_such_object
from sandbox.meta_metrics import moment
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_pages import page as paged
from sandbox.meta_state import TOKEN, MetaState
from sandbox.social_data import Network


@dataclass(frozen=True)
class Organic:
    """The API over one world."""

    network: Network
    state: MetaState

    @property
    def now(self) -> datetime:
        return self.network.world.now


Edge = Callable[[Organic, GraphCall], dict[str, Any]]


def answered(
    edges: Mapping[tuple[str, str], Edge], kind: Callable[[str], str], organic: Organic, call: GraphCall
) -> dict[str, Any]:
    """The answer of the edge that a call names by the kind of its node. Raises MetaError."""
    node, *names = call.path or ("",)
    edge = edges.get((kind(node), "/".join(names)))
    if edge is None or call.method != "GET":
        raise no_such_object("/".join(call.path), call.method)
    organic.state.check_token(call.token, call.params.get("appsecret_proof", ""))
    return edge(organic, call)


def user_pages(_organic: Organic, call: GraphCall) -> dict[str, Any]:
    """The pages of the token's user. A page's own token has none."""
    if call.token != TOKEN:
        raise MetaError(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    text = call.params.get("fields", "id,name,access_token,tasks")
    return paged([page_fields(page, text) for page in PAGES], call.params, call.url)


def asked_span(organic: Organic, call: GraphCall, network_began: datetime) -> tuple[datetime, datetime]:
    """`since` and `until` of a call as naive UTC: by default all there is."""
    since = moment(call.params, "since", network_began)
    until = moment(call.params, "until", organic.now + timedelta(days=1))
    return since.astimezone(UTC).replace(tzinfo=None), until.astimezone(UTC).replace(tzinfo=None)
