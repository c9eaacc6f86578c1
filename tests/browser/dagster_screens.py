"""The Dagster UI after three nights, the last two of them bad, as pictures.

python -m tests.browser.dagster_screens FOLDER [HOUSE]

FOLDER gets the pictures. Without HOUSE, a folder with the data of `tests.browser.bad_nights`, the nights are run first:
some minutes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.bad_nights import BROKEN, FAULTY, bad_nights
from tests.browser.chromium import chromium
from tests.browser.dagster_ui import SIZE, Ui, served

_STREAM, _SCORECARD = "/assets/google_ads/campaign_day", "/assets/warehouse/kpi/kpi_scorecard"


def pages(ui: Ui) -> dict[str, str]:
    """The pages that a person looks at after a bad night: name of the picture, path."""
    return {
        "runs": "/runs",
        "run_of_the_pull": f"/runs/{ui.run('ingest', BROKEN.isoformat())}",
        "run_of_the_build": f"/runs/{ui.run('build', FAULTY.isoformat())}",
        "overview": "/overview",
        "catalog": "/assets",
        "lineage": "/asset-groups",
        "group": "/locations/kompas/asset-groups/google_ads",
        "stream": _STREAM,
        "stream_events": f"{_STREAM}?view=events",
        "stream_checks": f"{_STREAM}?view=checks",
        "published": "/assets/warehouse/published",
        "published_events": "/assets/warehouse/published?view=events",
        "scorecard": _SCORECARD,
        "scorecard_checks": f"{_SCORECARD}?view=checks",
        "scorecard_lineage": f"{_SCORECARD}?view=lineage",
        "automation": "/automation",
        "deployment": "/locations",
    }


def shoot(browser: Browser, ui: Ui, folder: Path, only: list[str] | None = None) -> None:
    """A picture of each page."""
    page = browser.new_page(viewport=SIZE)
    for name, path in pages(ui).items():
        if not only or name in only:
            ui.open(page, path)
            _picture(page, folder / f"{name}.png")


def _picture(page: Page, file: Path) -> None:
    page.screenshot(path=file)
    print(file)


def _shoot(house: Path, folder: Path, only: list[str]) -> None:
    home = house / "data" / "state" / "dagster"
    with chromium() as browser, served(house / "kompas.yaml", home, folder / "webserver.log") as ui:
        shoot(browser, ui, folder, only)


def main(folder: Path, house: Path | None, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if house:
        _shoot(house, folder, only)
        return
    with tempfile.TemporaryDirectory() as temporary, bad_nights(Path(temporary)):
        _shoot(Path(temporary), folder, only)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None, sys.argv[3:])
