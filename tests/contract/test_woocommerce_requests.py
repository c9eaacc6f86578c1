"""Our requests to WooCommerce, judged by what its source allows: no machine-readable schema of it ships in a package.

The parameters are those of the collections' `get_collection_params` in WooCommerce's REST controllers, version 3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.contract.our_requests import OUTLET, Night, Sent

NightOf = Callable[[str], Night]

_PAGED = {"context", "page", "per_page", "search", "exclude", "include", "offset", "order", "orderby"}
_TIMED = {"after", "before", "modified_after", "modified_before", "dates_are_gmt", "slug", "parent", "parent_exclude"}
PARAMETERS = {
    "orders": _PAGED | _TIMED | {"status", "customer", "product", "dp", "created_via"},
    "refunds": _PAGED | _TIMED | {"dp"},
    "customers": _PAGED | {"email", "role"},
}
OF_WORDPRESS = {"_fields"}


@pytest.fixture(scope="module")
def sent(night: NightOf) -> dict[str, list[Sent]]:
    """The requests of a night by their collection."""
    found: dict[str, list[Sent]] = {}
    for one in night("woocommerce").api("woocommerce"):
        collection = one.path.removeprefix(f"/{OUTLET}/wp-json/wc/v3/")
        found.setdefault(collection, []).append(one)
    return found


def test_a_night_reads_every_collection(sent: dict[str, list[Sent]]) -> None:
    assert sent.keys() == {"orders", "refunds", "customers", "data/currencies/current", f"/{OUTLET}/wp-json"}


@pytest.mark.parametrize("collection", PARAMETERS)
def test_every_parameter_is_one_of_the_collection(sent: dict[str, list[Sent]], collection: str) -> None:
    for one in sent[collection]:
        assert one.method == "GET"
        assert one.query.keys() <= PARAMETERS[collection] | OF_WORDPRESS


def test_times_have_no_offset_and_orders_say_that_theirs_are_gmt(sent: dict[str, list[Sent]]) -> None:
    times = ("after", "before", "modified_after")
    told = [one.query[name] for name in times for kind in sent.values() for one in kind if name in one.query]
    assert told
    assert all(datetime.fromisoformat(text).tzinfo is None for text in told)
    changes = [one for one in sent["orders"] if "modified_after" in one.query]
    assert {one.query.get("dates_are_gmt") for one in changes} == {"true"}


def test_no_names_addresses_or_notes_of_people_are_asked_for(sent: dict[str, list[Sent]]) -> None:
    asked = {field for kind in PARAMETERS for one in sent[kind] for field in one.query["_fields"].split(",")}
    assert {field for field in asked if field.startswith(("billing", "shipping."))} == {
        "billing.country",
        "shipping.country",
    }
    assert not asked & {"first_name", "last_name", "username", "customer_note", "customer_ip_address"}
