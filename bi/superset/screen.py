"""A picture of the dashboard, as a browser shows it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from bi.superset.server import Server

_CHROMIUM = "/usr/bin/chromium"
_PATIENCE_MS = 120_000
_LOADING = "[data-test='loading-indicator'], .loading"


def take(server: Server, url: str, target: Path, size: tuple[int, int] = (1600, 1900)) -> Path:
    """Log in, open the dashboard, wait until every chart is there, and write a PNG."""
    own = _CHROMIUM if Path(_CHROMIUM).exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=["--no-sandbox", "--disable-gpu"], executable_path=own)
        try:
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="nl-NL")
            page.set_default_timeout(_PATIENCE_MS)
            page.goto(f"{server.url}/login/")
            page.locator("#username, [data-test='username-input'] input, [data-test='username-input']").first.fill(
                server.user
            )
            page.locator("#password, [data-test='password-input'] input, [data-test='password-input']").first.fill(
                server.password
            )
            page.locator("[data-test='login-button'], input[type=submit], button[type=submit]").first.click()
            page.wait_for_url(lambda where: "/login" not in where)
            page.goto(f"{url}?standalone=1")
            page.wait_for_selector("[data-test='dashboard-content-wrapper'], .dashboard-content")
            page.wait_for_function(f"() => document.querySelectorAll(`{_LOADING}`).length === 0")
            page.wait_for_timeout(3000)
            target.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=target, full_page=True)
        finally:
            browser.close()
    return target
