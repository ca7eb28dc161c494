"""Take the pictures of docs/screens from a running demo (make screens after make demo)."""

from __future__ import annotations

import os
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
STAFF = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
PORTAL = os.environ.get("PORTAL_URL", "http://127.0.0.1:8001")


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


PARTIES = ("sfj-supervisor", "wlty-department-head", "wsjk-department-head", "xfjy-department-head")
DICE = "31415926535897932384"


def press(page: Page, address: str, name: str) -> None:
    """Press a button of the draw's page."""
    page.goto(address)
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()
    if "/confirm/" in page.url:
        page.get_by_role("button", name="演示：确认是本人").click()
        page.wait_for_load_state()


def ceremony(page: Page) -> None:
    """Run the ceremony of docs/ceremony.md, each step by its person, and take its pictures."""
    page.on("dialog", lambda dialog: dialog.accept())
    enter(page, "wlty-task-clerk")
    page.goto(f"{STAFF}/tasks/?q=文化场所")
    page.locator("td a").first.click()
    page.get_by_role("link", name="准备抽取").click()
    shoot(page, "ceremony-1-prepare")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    address = page.url
    press(page, address, "提请封存")
    enter(page, "wlty-department-head")
    page.goto(f"{address}comparison/")
    shoot(page, "ceremony-2-comparison")
    press(page, address, "确认封存")
    page.goto(f"{address}screen/")
    shoot(page, "ceremony-3-screen")
    values = {}
    for person in PARTIES:
        enter(page, person)
        page.goto(address)
        page.get_by_role("link", name="密封本单位随机数").click()
        page.get_by_role("button", name="生成随机数").click()
        values[person] = page.locator("#sealed-value").inner_text()
        if person == PARTIES[0]:
            page.set_viewport_size({"width": 360, "height": 800})
            shoot(page, "ceremony-4-seal-phone")
            page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name="提交密封值").click()
        page.wait_for_load_state()
    enter(page, "wlty-task-clerk")
    press(page, address, "发布抽取公告")
    page.goto(f"{address}screen/")
    shoot(page, "ceremony-5-announced")
    press(page, f"{address}chances/", "计算概率说明")
    page.get_by_text("最大相遇概率").wait_for(timeout=300_000)
    shoot(page, "ceremony-7-chances")
    for person in PARTIES:
        enter(page, person)
        typed(page, address, "启封", values[person])
    enter(page, "sfj-supervisor")
    typed(page, address, "录入骰数", DICE)
    enter(page, "wlty-task-clerk")
    press(page, address, "抽取并匹配")
    page.goto(f"{address}screen/")
    shoot(page, "ceremony-6-drawn")


def typed(page: Page, address: str, name: str, value: str) -> None:
    """Type a value twice."""
    page.goto(address)
    page.get_by_role("link", name=name, exact=True).click()
    page.fill("#id_value", value)
    page.fill("#id_read_back", value)
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


DAY_PARTIES = (
    "scjg-conference-office",
    "sfj-supervisor",
    "sjj-auditor",
    "jtys-task-clerk",
    "gaj-department-head",
)


def drawing_day(page: Page) -> None:
    """Hold the drawing day that waits, and take its pictures."""
    enter(page, "scjg-conference-office")
    page.goto(f"{STAFF}/days/")
    page.locator("main td a").first.click()
    address = page.url
    shoot(page, "day-1-gathering")
    press(page, address, "截止收签")
    for person in DAY_PARTIES:
        enter(page, person)
        page.goto(f"{address}seal/")
        page.get_by_role("button", name="生成随机数").click()
        page.get_by_role("button", name="提交密封值").click()
        page.wait_for_load_state()
    enter(page, "scjg-conference-office")
    press(page, address, "统一发布公告")
    page.goto(f"{address}screen/")
    shoot(page, "day-2-announced")
    for person in DAY_PARTIES:
        enter(page, person)
        press(page, f"{address}open/", "启封")
    enter(page, "sfj-supervisor")
    page.goto(f"{address}dice/")
    page.fill("#id_value", DICE)
    page.fill("#id_read_back", DICE)
    page.get_by_role("button", name="录入骰数").click()
    page.wait_for_load_state()
    enter(page, "scjg-conference-office")
    press(page, address, "统一抽取并匹配")
    page.goto(f"{address}screen/")
    shoot(page, "day-3-drawn")


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
        page.locator("main a[href*='/draws/']").first.click()
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
        ceremony(page)
        drawing_day(page)
        browser.close()
    sys.stdout.write(f"{TARGET}\n")


if __name__ == "__main__":
    main()
