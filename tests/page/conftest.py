"""The companies of these tests, each made and written once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.lake import Lake
from pipelines.page import facts
from pipelines.page.facts import Night
from pipelines.page.view import Neighbours, Page, view
from pipelines.page.voice import Voice
from pipelines.settings import Settings
from tests.page import companies

NOW = datetime(2026, 11, 27, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return companies.shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def night(shop: Settings) -> Night:
    return facts.read(shop, Lake.at(shop.lake_url))


@pytest.fixture(scope="session")
def page(night: Night) -> Page:
    """The shop's page in its own language."""
    return viewed(night)


def viewed(night: Night, language: str = "nl") -> Page:
    return view(night, Voice(language, night.settings.company.language, night.settings.kpis), NOW, Neighbours())


def of(settings: Settings, language: str = "nl") -> Page:
    """The page of a company."""
    return viewed(facts.read(settings, Lake.at(settings.lake_url)), language)
