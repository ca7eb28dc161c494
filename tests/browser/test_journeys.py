"""Journeys through the real sites: ten roles, two of them in English, one with keys alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FIXTURE = Path(__file__).parent.parent / "fixtures" / "targets-excerpt.csv"


def see(page, text: str, where: str = "main") -> None:
    """Wait until the page says so."""
    expect(page.locator(where)).to_contain_text(text)


def bind(page, act: str) -> None:
    """Press the button of an act, and confirm who acts where the page asks."""
    page.get_by_role("button", name=act).click()
    page.wait_for_load_state()
    if "/confirm/" in page.url:
        page.get_by_role("button", name="演示：确认是本人").click()
        page.wait_for_load_state()


def test_the_entry_clerk_imports_a_register(enter, axe):
    """Good rows land; every bad row is listed with row, column, reason and mend; again is a no-op."""
    page = enter("scjg-entry-clerk")
    axe()
    page.get_by_role("link", name="检查对象名录库").click()
    axe()
    page.get_by_role("link", name="批量导入").click()
    page.set_input_files("#id_file", FIXTURE)
    page.get_by_role("button", name="导入").click()
    assert page.locator("table tbody tr").count() >= 10
    see(page, "请补填主体名称")
    axe()
    page.goto(page.url.split("/imports/")[0] + "/targets/import/")
    page.set_input_files("#id_file", FIXTURE)
    page.get_by_role("button", name="导入").click()
    facts = page.locator("dl.facts").inner_text()
    assert re.search(r"新增\s*0", facts)


def test_the_list_keeper_publishes_an_item(enter, sites, axe):
    """An item goes from draft over the head and the office into effect and onto the portal."""
    page = enter("scjg-entry-clerk")
    page.goto(f"{sites[0]}/items/new/")
    axe()
    fields = {
        "code": "SCJG-T1",
        "name": "电动自行车销售监督检查",
        "area": "产品质量",
        "legal_basis": "产品质量法第八条",
        "target_scope": "电动自行车销售者",
        "content": "认证标志、改装",
        "questions": "是否有3C标志\n是否改装",
        "ratio_cap": "5",
    }
    for name, text in fields.items():
        page.fill(f"#id_{name}", text)
    page.get_by_label("个体工商户").check()
    page.get_by_label("实地核查").check()
    page.get_by_role("button", name="保存草稿").click()
    see(page, "请填写上级事项")
    assert page.input_value("#id_name") == "电动自行车销售监督检查"
    page.fill("#id_superior_item", "省级清单·产品质量")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="提交审定").click()
    address = page.url
    for person, act in (
        ("scjg-department-head", "审定通过"),
        ("scjg-conference-office", "报备登记"),
        ("scjg-publication-clerk", "公示生效"),
    ):
        enter(person)
        page.goto(address)
        bind(page, act)
    see(page, "已公示生效", "h1")
    page.goto(f"{sites[1]}/search/?q=电动自行车")
    page.get_by_role("link", name="电动自行车销售监督检查").click()
    see(page, "产品质量法第八条")
    axe()


def test_the_planner_files_a_plan_and_the_office_publishes_it(enter, sites, axe):
    """A plan is drafted line by line, approved, its overlaps answered, filed and published."""
    page = enter("gaj-task-clerk")
    page.goto(f"{sites[0]}/plans/new/")
    page.fill("#id_year", "2027")
    page.fill("#id_title", "市公安局2027年度抽查工作计划")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("link", name="添加条目").click()
    axe()
    page.fill("#id_name", "2027年宾馆旅店治安检查")
    page.get_by_label("宾馆旅店治安检查").check()
    page.fill("#id_target_scope", "宾馆、旅店")
    page.fill("#id_industries", "H61")
    page.fill("#id_ratio", "50")
    page.fill("#id_window_from_on", "2027-04-01")
    page.fill("#id_window_to_on", "2027-10-31")
    page.get_by_label("实地核查").check()
    page.get_by_role("button", name="保存条目").click()
    page.get_by_role("button", name="提交审定").click()
    see(page, "超过一般检查事项的上限")
    page.go_back()
    page.get_by_role("link", name="2027年宾馆旅店治安检查").click()
    page.fill("#id_ratio", "5")
    page.get_by_role("button", name="保存条目").click()
    page.get_by_role("button", name="提交审定").click()
    address = page.url
    enter("gaj-department-head")
    page.goto(address)
    page.get_by_role("button", name="审定通过").click()
    enter("scjg-conference-office")
    page.goto(address)
    bind(page, "备案并公开")
    see(page, "已备案并公开", "h1")
    page.goto(f"{sites[1]}/lists/plan/")
    assert page.get_by_role("link", name="市公安局2027年度抽查工作计划").count() == 1


def _seal(page, act: str = "密封本单位随机数") -> str:
    """Make a value in the browser, hand in its seal and return the value."""
    page.get_by_role("link", name=act).click()
    page.click("#make-value")
    value = page.inner_text("#sealed-value").strip()
    page.get_by_role("button", name="提交密封值").click()
    return value


PARTIES = ("sfj-supervisor", "wlty-department-head", "wsjk-department-head", "xfjy-department-head")


def test_three_departments_and_a_supervisor_seal_open_and_draw(enter, sites, axe):
    """The guide's ceremony: two persons seal, four parties bring values, dice fall, all is public."""
    page = enter("wlty-task-clerk")
    page.goto(f"{sites[0]}/tasks/?state=approved")
    page.locator("td a").first.click()
    page.get_by_role("link", name="准备抽取").click()
    axe()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="提请封存").click()
    address = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    assert page.get_by_role("button", name="确认封存").count() == 0
    enter("wlty-department-head")
    page.goto(address)
    page.get_by_role("link", name="核对封存名单").click()
    see(page, "名单尚未封存")
    axe()
    page.goto(address)
    bind(page, "确认封存")
    page.get_by_role("link", name="大屏").click()
    assert page.locator(".room-parties svg").count() == len(PARTIES)
    axe()
    values = {}
    for person in PARTIES:
        enter(person)
        page.goto(address)
        values[person] = _seal(page)
    enter("wlty-task-clerk")
    page.goto(address)
    bind(page, "发布抽取公告")
    axe()
    for person in PARTIES:
        enter(person)
        page.goto(address)
        page.get_by_role("link", name="启封", exact=True).click()
        expect(page.locator("#opener")).to_be_visible()  # the device has kept its own value
        expect(page.locator("#id_value")).to_have_value(values[person])
        page.get_by_role("button", name="启封").click()
    enter("sfj-supervisor")
    page.goto(address)
    page.get_by_role("link", name="录入骰数").click()
    page.fill("#id_value", "31415926535897932384")
    page.fill("#id_read_back", "31415926535897932384")
    page.get_by_role("button", name="录入骰数").click()
    enter("wlty-task-clerk")
    page.goto(address)
    bind(page, "抽取并匹配")
    see(page, "已抽取并匹配", "h1")
    page.goto(f"{address}screen/")
    see(page, "截止：签号更大的未抽中")
    axe()
    page.goto(address)
    page.get_by_role("button", name="制发检查文书").click()
    bind(page, "公布抽取记录")
    axe()
    page.goto(f"{sites[1]}/lists/draw/")
    assert page.get_by_role("link", name=re.compile("文化场所")).count() == 1


DAY_PARTIES = (
    "scjg-conference-office",
    "sfj-supervisor",
    "sjj-auditor",
    "jtys-task-clerk",
    "gaj-department-head",
)


def test_a_drawing_day_serves_two_departments_with_one_roll(enter, sites, axe):
    """The office closes the day; five parties seal and open once for all draws; one roll, one sheet."""
    page = enter("scjg-conference-office")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{sites[0]}/days/")
    axe()
    page.get_by_role("link", name=re.compile(r"^341282-\d+-R-")).click()
    address = page.url
    axe()
    page.get_by_role("button", name="截止收签").click()
    for person in DAY_PARTIES:
        enter(person)
        page.goto(address)
        _seal(page)
    enter("scjg-conference-office")
    page.goto(address)
    bind(page, "统一发布公告")
    for person in DAY_PARTIES:
        enter(person)
        page.goto(address)
        page.get_by_role("link", name="启封", exact=True).click()
        expect(page.locator("#opener")).to_be_visible()
        page.get_by_role("button", name="启封").click()
    enter("sfj-supervisor")
    page.goto(address)
    page.get_by_role("link", name="录入骰数").click()
    axe()
    page.fill("#id_value", "27182818284590452353")
    page.fill("#id_read_back", "27182818284590452353")
    page.get_by_role("button", name="录入骰数").click()
    enter("scjg-conference-office")
    page.goto(f"{address}screen/")
    see(page, "骰数 27182818284590452353")
    page.goto(address)
    bind(page, "统一抽取并匹配")
    see(page, "全部 2 项抽取完成")
    page.goto(f"{address}screen/")
    assert page.locator(".room-result").count() == 2
    axe()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_department_confirms_its_roster(enter, sites, axe):
    """A participant sees its own roster, sealed after the freeze."""
    page = enter("wsjk-task-clerk")
    page.goto(f"{sites[0]}/tasks/")
    page.get_by_role("link", name=re.compile(r"^34128220\d+2$")).first.click()
    axe()
    see(page, "已确认")
    page.locator("a[href*='/roster/']").last.click()
    see(page, "名册")


def test_an_inspector_checks_on_a_phone(enter, sites, axe, tmp_path, browser):
    """At 360 pixels: find by code, show certificates, record point by point, photo, signatures."""
    office = enter("jtys-task-clerk")
    office.goto(f"{sites[0]}/tasks/")
    office.locator("td a").first.click()
    office.goto(f"{sites[0]}/inspections/?state=ready")
    office.locator("td a").first.click()
    address = office.url
    names = office.locator("section:has(h2:text('检查人员')) td").all_inner_texts()
    office.goto(f"{sites[0]}/inspectors/?q={names[1].split('、')[0].removesuffix('（组长）')}")
    numbers = office.locator("tbody tr td:first-child").all_inner_texts()
    for number in numbers:  # people may share a name: only the one who is sent sees the page
        page = enter(f"jtys-inspector-{number.split('-')[1]}")
        page.set_viewport_size({"width": 360, "height": 800})
        if page.goto(address).ok:
            break
    axe()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="扫码入企").click()
    page.get_by_role("button", name="确认入企").click()
    see(page, "须主动出示执法证件")
    page.get_by_label("已向被检查单位出示执法证件").check()
    page.get_by_role("button", name="确认入企").click()
    page.get_by_role("link", name="录入检查结果").click()
    axe()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="提交审核").click()
    see(page, "请选择检查结果")
    for radio in page.get_by_label("符合", exact=True).all():
        radio.check()
    page.get_by_label("未发现问题").first.check()
    page.fill("#id_statement", "无异议")
    page.select_option("#id_signed_by", "signature")
    page.fill("#id_signer_name", "某某")
    for box in page.locator("input[name=officers]").all():
        box.check()
    page.get_by_role("button", name="提交审核").click()
    see(page, "待审核", "h1")


def test_reviewer_and_publisher(enter, sites, axe):
    """The own department's reviewer approves; the publisher previews and publishes."""
    page = enter("nync-reviewer")
    page.goto(f"{sites[0]}/results/?state=in_review")
    page.locator("td a").first.click()
    address = page.url
    page.get_by_text("审核通过").first.click()
    page.get_by_role("button", name="确认审核通过").click()
    enter("nync-publication-clerk")
    page.goto(address)
    page.get_by_role("link", name="预览并公示").click()
    axe()
    see(page, "不含执法人员")
    bind(page, "确认公示")
    see(page, "已公示", "h1")


def english(page) -> None:
    """Switch to English with the button that every page has."""
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_office_sees_the_city_in_english(enter, sites, axe):
    """The office reads plans, tasks, results, departments and policies of all in English."""
    page = enter("scjg-conference-office")
    english(page)
    for path, title in (
        ("/plans/", "Annual plans"),
        ("/tasks/", "Tasks"),
        ("/results/", "Results"),
        ("/departments/", "Departments"),
        ("/policies/", "Policies"),
    ):
        page.get_by_role("link", name=title, exact=True).first.click()
        expect(page).to_have_url(re.compile(path))
        see(page, title, "h1")
        axe()
        assert page.locator("tbody tr").count() > 0
        assert not re.search("[\u4e00-\u9fff]", page.inner_text("nav.side ul")), path


def test_the_auditor_takes_the_bundle_in_english(enter, sites, axe, tmp_path):
    """The auditor downloads a closed draw's bundle, it verifies, and the reading is in the trail."""
    from fairdraw.cli import main

    page = enter("sjj-auditor")
    english(page)
    page.goto(f"{sites[0]}/tasks/?scope=joint")
    page.get_by_role("link", name=re.compile("^34128")).last.click()
    page.locator("main a[href*='/draws/']").first.click()
    axe()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Take the evidence bundle").click()
    path = tmp_path / "bundle.zip"
    caught.value.save_as(path)
    assert main(["verify", str(path)]) == 0
    page.goto(f"{sites[0]}/trail/?kind=draw.list_viewed")
    axe()
    see(page, "Closed list taken", ".trail")


def reach(page, name: str) -> None:
    """Press Tab until the control of that name has the focus, as a person without a mouse."""
    for _press in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(e => e.matches('a, button, input, select, summary')"
            " ? e.ariaLabel || (e.labels?.[0] ?? e).innerText : '')(document.activeElement)"
        )
        if name in focused:
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", name
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_a_business_asks_with_the_keyboard_alone(page, sites, axe, tmp_path):
    """A search, a published draw, its bundle and the receipt page: no mouse is ever touched."""
    from fairdraw.cli import main

    page.goto(sites[1])
    axe()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reach(page, "抽取记录")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/lists/draw/"))
    reach(page, "农药")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/**")
    axe()
    reach(page, "bundle.zip")
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    path = tmp_path / "bundle.zip"
    caught.value.save_as(path)
    assert main(["verify", str(path)]) == 0
    reach(page, "企业查验")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    axe()
    reach(page, "查验码")
    page.keyboard.type("nosuchcode")
    page.keyboard.press("Enter")
    see(page, "没有找到对应的回执")


def test_a_phone_without_javascript_does_the_same(browser, sites, browser_context_args):
    """Searching, filtering, sorting and filling back work when no script ever runs."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto(f"{sites[0]}/sign-in/")
    page.locator("button[name=username][value=scjg-entry-clerk]").click()
    page.goto(f"{sites[0]}/targets/")
    page.fill("input[name=q]", "餐饮")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    names = page.locator("tbody tr").all_inner_texts()
    assert names and all("餐饮" in name for name in names)
    page.goto(f"{sites[1]}/receipt/")
    page.fill("input[name=code]", "nosuchcode")
    page.keyboard.press("Enter")
    see(page, "没有找到对应的回执")
    context.close()
