"""docs/connect: the block of each platform, with the sandbox's accounts and secrets in its places, reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from connectors.registry import CONNECTORS
from pipelines import check
from tests.docs.pages import Block, own_blocks
from tests.faults.one_platform import world_of_now
from tests.house import House

ADDRESSES = ("base_url", "token_url", "customer_url")
"""What a page leaves out, as it points at the platform itself."""
EXPORTS = {
    "files/kassa/november.csv": "Bonnr;Datum;Totaal;Btw\n1;20-11-2026;121,00;21,00\n",
    "files/helpdesk-11.csv": "Ticket,Gesloten op,Beoordeling\n7,20-11-2026,4 van 5\n",
    "files/advertenties.csv": "Dag,Campagne,Soort,Platform,Kosten,Korting\n2026-11-20,spring,tv,tv,100.00,10.00\n",
}
"""Files as the page of files describes them."""
REVENUE = {"id": "revenue", "targets": [{"from": "2026-01-01", "target": "€ 80000"}]}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("connect"), world_of_now()) as house:
        house.export()
        write_exports(house.folder)
        yield house


def write_exports(folder: Path) -> None:
    for name, text in EXPORTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (["Antwoord", "Datum", "Cijfer (1-10)"], ["a1", "2026-11-20", 8]):
        book.active.append(row)
    book.save(folder / "files" / "enquete-11.xlsx")


def shown() -> list[tuple[Block, str, dict[str, Any]]]:
    """Each platform of each block of a page of docs/connect."""
    pages = (block for block in own_blocks("yaml") if block.page.startswith("docs/connect/"))
    found = ((block, yaml.safe_load(block.text).get("platforms", {})) for block in pages)
    return [(block, name, platform) for block, platforms in found for name, platform in platforms.items()]


def reachable(shown: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What a page shows, with this house's values for the same keys, and its addresses. One account is enough."""
    told = {key: own.get(key, value) for key, value in shown.items() if key != "accounts"}
    told |= {key: own[key] for key in ADDRESSES if key in own}
    if "accounts" in shown:
        told["accounts"] = [{**shown["accounts"][0], **_same_keys(own["accounts"][0], shown["accounts"][0])}]
    return told


def _same_keys(own: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in own.items() if key in shown}


@pytest.mark.parametrize(
    ("block", "name", "platform"), shown(), ids=lambda one: str(one) if isinstance(one, Block) else ""
)
def test_what_a_page_shows_reaches_its_account(house: House, block: Block, name: str, platform: dict[str, Any]) -> None:
    plain = house.plain()
    told = platform if name == "files" else reachable(platform, plain["platforms"][name])
    house.write({"privacy": plain["privacy"], "platforms": {name: told}, "kpis": [REVENUE]})
    tested = [one for one in check.platforms(house.settings) if isinstance(one, check.Tested)]
    assert tested
    assert [one.problem for one in tested if one.problem] == []


def test_every_platform_is_shown() -> None:
    assert {name for _, name, _ in shown()} >= set(CONNECTORS)
