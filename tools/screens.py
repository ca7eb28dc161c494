"""Take the pictures of docs/screens from a running demo (make screens after make demo)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screens"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STAFF, PORTAL = "http://127.0.0.1:8000", "http://127.0.0.1:8001"


def enter(page: Page, username: str) -> None:
    """Sign in as somebody of the demo city."""
    page.context.clear_cookies()
    page.goto(f"{STAFF}/sign-in/")
    page.evaluate("n => { document.querySelector('button[name=username]').value = n; }", username)
    page.locator("button[name=username]").first.click()
    page.wait_for_url("**/desk/")


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """Save one picture."""
    page.screenshot(path=TARGET / f"{name}.png", full_page=whole)


def main() -> None:
    """Walk the main screens."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page.goto(f"{STAFF}/sign-in/")
        shoot(page, "sign-in")
        enter(page, "scjg-task-clerk")
        shoot(page, "desk")
        for name in ("targets", "tasks", "results"):
            page.goto(f"{STAFF}/{name}/")
            shoot(page, name)
        page.goto(f"{STAFF}/tasks/?scope=joint")
        page.locator("td a").first.click()
        page.wait_for_load_state()
        shoot(page, "task")
        page.locator("a[href*='/draws/']").first.click()
        page.wait_for_load_state()
        shoot(page, "draw")
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(f"{STAFF}/desk/")
        shoot(page, "desk-phone")
        page.goto(f"{STAFF}/inspections/?state=ready")
        page.locator("td a").first.click()
        page.wait_for_load_state()
        shoot(page, "inspection-phone")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(PORTAL)
        shoot(page, "portal")
        page.goto(f"{PORTAL}/lists/draw/")
        page.locator("main li a").last.click()
        page.wait_for_load_state()
        shoot(page, "portal-draw")
        browser.close()
    sys.stdout.write(f"{TARGET}\n")


if __name__ == "__main__":
    main()
