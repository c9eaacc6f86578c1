"""A visit to a page in the browser, with a list of all that went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """An open page, what it asked of the outside, and what its console said."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visit(browser: Browser, file: Path, size: dict[str, int] = DESKTOP, **options: Any) -> Iterator[Visit]:
    """A file as a browser opens it from disk. `options` are those of a context: color_scheme, java_script_enabled …"""
    context = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
    made = Visit(context.new_page())
    made.page.on("request", lambda request: _note(made, request.url, file))
    made.page.on("console", lambda message: made.complaints.append(message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.goto(file.as_uri())
    yield made
    context.close()


def _note(made: Visit, url: str, file: Path) -> None:
    if url != file.as_uri() and not url.startswith("data:"):
        made.requests.append(url)
