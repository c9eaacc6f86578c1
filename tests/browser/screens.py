"""Screens of the scorecard page: `python -m tests.browser.screens FOLDER [kompas.yaml]`.

Of the company behind kompas.yaml as it stands now, which needs a night; without one of the company of the tests. Makes
the page in both languages, on a desktop, dark, on a phone and on paper, the index, and the small picture of the README.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from pipelines import settings
from pipelines.page import files
from tests.browser.chromium import chromium
from tests.browser.visit import DESKTOP, PHONE, visit
from tests.page import companies

SCREENS: dict[str, tuple[str, dict[str, int], dict[str, Any]]] = {
    "desktop.nl.png": ("nl", DESKTOP, {}),
    "desktop.en.png": ("en", DESKTOP, {}),
    "dark.nl.png": ("nl", DESKTOP, {"color_scheme": "dark"}),
    "phone.nl.png": ("nl", PHONE, {}),
    "phone.en.png": ("en", PHONE, {}),
}
README = {"width": 1120, "height": 1440}
"""What the README shows: the top of the page, without the list of changes, and the first cards."""


def main(folder: Path, file: Path | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        company = settings.read(file) if file else companies.shop(Path(place))
        pages = {language: folder / f"scorecard.{language}.html" for language in ("nl", "en")}
        for language, page in pages.items():
            files.write(company, language, page)
        index = files.write(company).file.with_name(files.INDEX)
        for name, (language, size, options) in SCREENS.items():
            _shoot(browser, pages[language], folder / name, size, options)
        _shoot(browser, index, folder / "index.png", DESKTOP, {})
        with visit(browser, pages["en"], README) as seen:
            seen.page.locator(".changes").evaluate("each => each.remove()")
            seen.page.screenshot(path=folder / "scorecard.png")
        for language, page in pages.items():
            with visit(browser, page) as seen:
                seen.page.pdf(path=folder / f"print.{language}.pdf", prefer_css_page_size=True)


def _shoot(browser: Browser, page: Path, file: Path, size: dict[str, int], options: dict[str, Any]) -> None:
    with visit(browser, page, size, **options) as seen:
        seen.page.screenshot(path=file, full_page=True)
    print(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
