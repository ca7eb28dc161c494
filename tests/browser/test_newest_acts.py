"""The newest acts by people who use no mouse and by browsers that run no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from openlot.rules.credit_code import make_uscc

pytestmark = pytest.mark.browser

MOST_TABS = 40
NAME = "(e => e.ariaLabel || (e.labels?.[0] ?? e).innerText || '')(document.activeElement)"


class Keys:
    """A person without a mouse: everything is reached with Tab, seen in focus, and pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def skip(self) -> None:
        """Jump over the menu with the first stop of the page, unless one came to the text already."""
        if self.page.url.endswith("#main"):
            return
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.className") == "skip", self.page.url
        self.page.keyboard.press("Enter")

    def reach(self, name: str) -> None:
        """Press Tab until the control of that name has the focus, which is to be seen."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if name in self.page.evaluate(NAME):
                ring = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert ring != "none", name
                return
        raise AssertionError(f"{name} cannot be reached with Tab on {self.page.url}")

    def press(self, name: str) -> None:
        """Reach a button or a link and press it: another page comes."""
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, name: str, words: str) -> None:
        """Reach a field and type over what stands in it."""
        self.reach(name)
        self.write(words)

    def write(self, words: str) -> None:
        """Type over what stands in the field that has the focus."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(words)

    def choose(self, name: str, choice: str) -> None:
        """Reach a list and go down it to what is wanted."""
        self.reach(name)
        for _press in range(MOST_TABS):
            if choice in self.page.evaluate("document.activeElement.selectedOptions[0].text"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} does not offer {choice}")

    def unfold(self, name: str) -> None:
        """Reach the heading of a small form and open it."""
        self.reach(name)
        self.page.keyboard.press("Enter")

    def confirm(self) -> None:
        """Say who acts where the page asks."""
        if "/confirm/" in self.page.url:
            self.skip()
            self.press("演示：确认是本人")

    def mend(self, told: str) -> None:
        """Go from the list of faults, which has the focus, to the field that the fault is tied to."""
        focused = "document.activeElement"
        assert self.page.evaluate(f"{focused}.getAttribute('role')") == "alert", self.page.url
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        tied = self.page.evaluate(
            f"({focused}.getAttribute('aria-describedby') ?? '').split(' ')"
            ".map(id => document.getElementById(id)?.innerText).join(' ')"
        )
        assert told in tied, tied
        assert self.page.evaluate(f"{focused}.getAttribute('aria-invalid')") == "true"


@pytest.fixture
def keys(page) -> Keys:
    """Return the keyboard of the page."""
    return Keys(page)


def test_departments_factors_and_emergencies_with_the_keyboard_alone(enter, sites, page, keys):
    """Registered with a slip, amended, closed; a lost factor and an emergency asked for and ended."""
    enter("scjg-platform-admin")
    page.goto(f"{sites[0]}/departments/")
    keys.skip()
    keys.press("登记部门")
    keys.skip()
    keys.type("部门代码", "keys-1")
    keys.type("名称", "市键盘管理局")
    keys.type("简称", "市键盘局")
    keys.type("代字", "界键")
    keys.type("统一社会信用代码", make_uscc("11", "341282", "MB900001"))
    keys.choose("行政区划", "界首市")
    keys.press("登记")
    keys.mend("2 至 20 位大写字母或数字")
    keys.write("KEYS")
    keys.press("登记")
    expect(page.locator("main")).to_contain_text("已登记部门")
    keys.skip()
    keys.press("变更部门信息")
    keys.skip()
    keys.type("简称", "")
    keys.press("变更部门信息")
    keys.mend("必填")
    keys.write("键盘局")
    keys.press("变更部门信息")
    expect(page.locator("main")).to_contain_text("已变更部门信息")
    keys.skip()
    keys.unfold("撤销部门")
    keys.type("原因", "机构改革")
    keys.press("确认撤销部门")
    expect(page.locator("main")).to_contain_text("撤销：机构改革。历史记录保留。")
    page.goto(f"{sites[0]}/emergency/")
    keys.skip()
    keys.type("事由", "平台故障，需要核对全部任务的状态")
    keys.press("提交申请")
    keys.confirm()
    keys.skip()
    keys.unfold("联系不上确认人，独自开启")
    keys.type("联系了谁", "安全管理员电话无人接听")
    keys.press("确认联系不上确认人，独自开启")
    keys.confirm()
    expect(page.locator(".emergency")).to_contain_text("只能阅读")
    page.goto(f"{sites[0]}/tasks/")
    keys.press("立即结束")
    expect(page.locator("main")).to_contain_text("应急查看已结束")
    enter("gaj-account-clerk")
    page.goto(f"{sites[0]}/security/resets/new/")
    keys.skip()
    keys.type("账号", "gaj-task-clerk")
    keys.press("提交申请")
    keys.confirm()
    keys.mend("必填")
    keys.write("手机遗失，已当面核对身份证件")
    keys.press("提交申请")
    keys.confirm()
    page.wait_for_url(re.compile(r"/security/resets/\w{12}/"))
    address = page.url
    enter("scjg-security-admin")
    page.goto(address)
    keys.skip()
    keys.unfold("同意重置")
    keys.type("意见", "已电话核实")
    keys.press("确认同意重置")
    keys.confirm()
    expect(page.locator("main")).to_contain_text("本人下次登录时重新设置")


def test_a_list_is_sorted_with_the_keyboard_on_a_narrow_page(enter, sites, page, keys):
    """Where rows are cards (a phone, or 400 % on a desk) the headings come into sight with the focus."""
    enter("scjg-platform-admin")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{sites[0]}/departments/")
    keys.skip()
    keys.reach("代码")
    expect(page.locator("thead a:focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=code")
    codes = page.locator("tbody td[data-title=代码]").all_inner_texts()
    assert codes == sorted(codes)


class Plain:
    """A browser that runs no script."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site

    def enter(self, username: str) -> None:
        """Sign in as somebody of the city."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.site}/sign-in/")
        token = self.page.locator("form.homes [name=csrfmiddlewaretoken]").get_attribute("value")
        form = {"username": username, "csrfmiddlewaretoken": token}
        self.page.request.post(
            f"{self.site}/sign-in/demo/", form=form, headers={"Referer": self.page.url}
        )

    def at(self, username: str, address: str) -> None:
        """Open a page as somebody."""
        self.enter(username)
        self.page.goto(address)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button, and say who acts where the page asks."""
        self.page.get_by_role("button", name=name).first.click()
        if "/confirm/" in self.page.url:
            self.page.get_by_role("button", name="演示：确认是本人").click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name).first.click()

    def reads(self, words: str) -> None:
        """See what the page says."""
        expect(self.page.locator("main")).to_contain_text(words)


@pytest.fixture
def plain(browser, browser_context_args, sites):
    """Return a browser without scripts at the staff site."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    yield Plain(context.new_page(), sites[0])
    context.close()


def drawn_in_public(plain: Plain, address: str) -> None:
    """Seal, announce, open, roll and draw: the parties' values come from the demo."""
    page = plain.page
    plain.at("scjg-department-head", address)
    plain.press("确认封存")
    plain.at("scjg-task-clerk", address)
    while page.get_by_role("button", name=re.compile("^演示代封")).count():
        plain.press(re.compile("^演示代封"))
    plain.press("发布抽取公告")
    while page.get_by_role("button", name=re.compile("^演示代启封")).count():
        plain.press(re.compile("^演示代启封"))
    plain.at("sfj-supervisor", address)
    plain.follow("录入骰数")
    page.fill("#id_value", "31415926535897932384")
    page.fill("#id_read_back", "31415926535897932384")
    plain.press("录入骰数")
    plain.at("scjg-task-clerk", address)
    plain.press("抽取并匹配")
    plain.press("制发检查文书")


def test_a_supplementary_draw_is_asked_for_drawn_and_voided_without_javascript(plain):
    """A slip is told where it was made; the void takes its inspections along and frees the roster."""
    page = plain.page
    plain.at("scjg-task-clerk", f"{plain.site}/tasks/?q=餐饮")
    page.locator("main td a").first.click()
    task = page.url
    plain.follow(re.compile(r"341282-2026-D-\d+-1"))
    plain.follow("申请补充抽取")
    page.locator("input[name^=more_]").first.fill("1")
    paper = {"name": "通知.txt", "mimeType": "text/plain", "buffer": "通知".encode()}
    page.set_input_files("#id_document", paper)
    plain.press("提交申请")
    expect(page.locator("[role=alert]")).to_be_focused()
    expect(page.locator("#id_reason")).to_have_accessible_description(re.compile("必填"))
    page.fill("#id_reason", "省局通知增加抽查户数")
    page.set_input_files("#id_document", paper)
    plain.press("提交申请")
    plain.reads("等待参与部门以外的单位审批")
    asked = page.url
    plain.at("sfj-supervisor", asked)
    plain.press("批准")
    plain.reads("已批准补充抽取")
    plain.at("scjg-task-clerk", asked)
    plain.follow("准备补充抽取")
    plain.press("保存")
    plain.press("提请封存")
    address = page.url
    drawn_in_public(plain, address)
    page.locator("main a[href*='/inspections/']").first.click()
    inspection = page.url
    plain.at("scjg-department-head", address)
    page.locator("summary", has_text="提请作废").click()
    page.locator("details[open] textarea").fill("省局撤回通知")
    plain.press("确认提请作废")
    plain.reads("已提请作废：省局撤回通知")
    plain.at("scjg-conference-office", address)
    plain.press("同意作废")
    plain.reads("省局撤回通知")
    plain.at("scjg-task-clerk", inspection)
    plain.reads("已作废：省局撤回通知。本次检查随之取消，不再送达和入企。")
    page.goto(task)
    plain.follow("确认可派人员")
    people = page.locator("input[name=inspectors]")
    left = people.count() - 1
    people.first.uncheck()
    plain.press("确认名册")
    row = page.locator("tr", has_text="（发起）")
    expect(row).to_contain_text("已确认")
    expect(row.locator("a[href*='/roster/']")).to_have_text(str(left))
