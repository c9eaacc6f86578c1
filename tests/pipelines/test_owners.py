"""Owners as Dagster takes them."""

import json
from pathlib import Path

import pytest
from dagster._core.definitions.utils import is_valid_owner

from pipelines import owners
from pipelines.settings import Settings, parse

PLATFORMS = "{shopify: {client_id: c, client_secret: 'env:S', accounts: [{id: s.myshopify.com}]}, ecb: {}}"


def settings(**owner_of_kpi: str) -> Settings:
    kpis = [{"id": kpi, "informational": True, "owner": owner} for kpi, owner in owner_of_kpi.items()]
    text = f"privacy: {{hash_key: 'env:K'}}\nplatforms: {PLATFORMS}\nkpis: {json.dumps(kpis)}\n"
    return parse(text, Path("kompas.yaml"))


@pytest.mark.parametrize("owner", ["performance marketing", "e-commerce", "Café & Co", "anna@example.com", "R&D 2"])
def test_dagster_takes_every_owner(owner: str) -> None:
    assert is_valid_owner(owners.team(owner))


def test_an_owner_is_named_once() -> None:
    told = settings(revenue="directie", aov="Directie", roas="ads")
    assert owners.of_kpis(told.kpis) == ["team:directie", "team:ads"]


def test_a_stream_is_owned_by_those_whose_kpis_rest_on_it() -> None:
    found = owners.of_streams(settings(revenue="directie", email_open_rate="crm"))
    assert found["shopify.orders"] == ["team:directie"]


def test_a_stream_that_no_kpi_rests_on_has_no_owner() -> None:
    assert "shopify.orders" not in owners.of_streams(settings(email_open_rate="crm"))


@pytest.mark.parametrize("owner", ["", "!?"])
def test_a_kpi_without_an_owner_that_can_be_named_names_nobody(owner: str) -> None:
    assert owners.of_kpis(settings(revenue=owner).kpis) == []
