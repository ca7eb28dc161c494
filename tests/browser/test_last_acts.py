"""The acts that few people do and nobody practises: each from end to end, with a slip in between."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
GOOD = "Qh7-zelten-Moor"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)


@pytest.fixture
def act(page):
    """Return a press of a button that binds, with the confirmation that the demo asks for."""

    def press(name: str, *, exact: bool = True) -> None:
        page.get_by_role("button", name=name, exact=exact).first.click()
        page.wait_for_load_state()
        if "/confirm/" in page.url and page.get_by_role("button", name="演示：确认是本人").count():
            page.get_by_role("button", name="演示：确认是本人").click()
            page.wait_for_load_state()

    return press


def test_more_is_asked_for_and_refused_by_another_unit(enter, sites, page, look, act):
    """A slip in the evidence is told beside it; the second unit reads, refuses, says why."""
    enter("scjg-task-clerk")
    page.goto(f"{sites[0]}/tasks/?q=餐饮")
    page.locator("main td a").first.click()
    page.get_by_role("link", name=re.compile(r"341282-2026-D-\d+-1")).first.click()
    page.get_by_role("link", name="申请补充抽取").click()
    look()
    page.locator("input[name^=more_]").first.fill("1")
    page.fill("#id_reason", "省局通知增加抽查户数")
    paper = {
        "name": "x.exe",
        "mimeType": "application/octet-stream",
        "buffer": b"MZ\x90\x00" + b"\x00" * 90,
    }
    page.set_input_files("#id_document", paper)
    act("提交申请")
    expect(page.locator("#id_document_error")).to_contain_text("无法识别的文件")
    look()
    paper = {"name": "通知.txt", "mimeType": "text/plain", "buffer": "通知".encode()}
    page.set_input_files("#id_document", paper)
    act("提交申请")
    expect(page.locator("main")).to_contain_text("等待参与部门以外的单位审批")
    look()
    address = page.url
    enter("sfj-supervisor")
    page.goto(address)
    page.locator("summary", has_text="不同意").click()
    look()
    page.fill("details[open] textarea", "上级通知没有写明数量")
    act("确认不同意")
    expect(page.locator("main")).to_contain_text("上级通知没有写明数量")
    look()


def test_a_new_person_comes_in_by_a_link_that_works_once(enter, sites, page, look, act, browser):
    """Made by the account clerk, read with a phone, misspelt once, used once."""
    enter("wlty-account-clerk")
    page.goto(f"{sites[0]}/accounts/?q=wlty-publication-clerk")
    page.locator("main td a").first.click()
    page.get_by_role("button", name="生成首次登录链接").click()
    look()
    act("演示：确认是本人")
    link = page.locator("main code").inner_text()
    assert page.locator("main svg.qr").count() == 1
    look()
    page.context.clear_cookies()
    page.goto(link)
    look()
    page.fill("#id_new", GOOD)
    page.fill("#id_again", GOOD + "x")
    act("设置口令并进入")
    expect(page.locator("#id_again_error")).to_contain_text("两次输入不一致")
    look()
    page.fill("#id_new", GOOD)
    page.fill("#id_again", GOOD)
    act("设置口令并进入")
    page.wait_for_url("**/my/security/")
    page.get_by_role("link", name="修改口令").click()
    look()
    page.context.clear_cookies()
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("链接无效、已使用或已过期")
    expect(page.get_by_role("link", name="前往登录")).to_be_visible()
    look()


def test_a_lost_factor_is_asked_for_with_a_slip_and_decided_by_another(
    enter, sites, page, look, act
):
    """What was typed survives the confirmation and the error; the second person decides."""
    enter("wlty-account-clerk")
    page.goto(f"{sites[0]}/security/resets/new/")
    page.fill("#id_username", "wlty-reviewer")
    act("提交申请")
    expect(page.locator("main")).to_contain_text("请更正以下问题")
    assert page.input_value("#id_username") == "wlty-reviewer"
    look()
    page.fill("#id_reason", "手机遗失，已当面核对身份证件")
    act("提交申请")
    page.wait_for_url(re.compile(r"/security/resets/\w{12}/"))
    look()
    address = page.url
    enter("scjg-security-admin")
    page.goto(f"{sites[0]}/security/unlock/")
    page.fill("#id_username", "nobody-here")
    page.fill("#id_reason", "本人到场")
    act("解除")
    expect(page.locator("#id_username_error")).to_contain_text("没有这个账号")
    look()
    page.goto(address)
    page.locator("summary", has_text="同意重置").first.click()
    page.fill("details[open] input[name=opinion]", "已电话核实")
    act("确认同意重置")
    expect(page.locator("main")).to_contain_text("本人下次登录时重新设置")
    look()


def test_personal_information_is_read_whole_only_with_a_reason(enter, sites, page, look, act):
    """Masked, asked why, shown once; the trail of the object keeps the reason."""
    enter("scjg-entry-clerk")
    page.goto(f"{sites[0]}/targets/")
    page.locator("main td a").first.click()
    page.get_by_role("link", name="查看完整信息").click()
    look()
    act("查看完整信息")
    assert page.evaluate("document.activeElement.id") == "id_reason"
    page.fill("#id_reason", "核对登记信息")
    act("查看完整信息")
    expect(page.locator("main")).to_contain_text("离开本页后不再显示")
    look()
    page.get_by_role("link", name="返回").last.click()
    page.goto(f"{sites[0]}/my-acts/")
    expect(page.locator("main")).to_contain_text("核对登记信息")


def test_a_persons_data_are_erased_by_keys_alone(enter, sites, page, look, act):
    """From the menu to the number, past a wrong one, to the entries; what is gone is told in words."""
    enter("sjj-auditor")
    page.goto(f"{sites[0]}/inspections/?state=ended")
    page.locator("main td a").first.click()
    number = page.locator("main .sub").inner_text().split(" ")[0]
    story = page.url
    assert "（个人信息，未显示）" in page.locator("#story").inner_text()
    enter("scjg-conference-office")
    page.get_by_role("link", name="个人信息销毁").press("Enter")
    page.wait_for_url("**/erasures/")
    look()
    kind = page.locator("#id_kind")
    kind.focus()
    for _choice in range(3):
        page.keyboard.press("ArrowDown")
    assert kind.input_value() == "inspection"
    page.keyboard.press("Tab")
    page.keyboard.type(f"{number}9")
    page.keyboard.press("Enter")
    expect(page.locator("#id_number_error")).to_contain_text("没有找到这个编号")
    look()
    page.locator("#id_number").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/erasures/inspections/\w{12}/"))
    boxes = page.locator("input[name=entries]")
    assert boxes.count() == page.locator("input[name=entries]:checked").count() > 1
    look()
    boxes.first.focus()
    page.keyboard.press("Space")
    page.locator("#id_reason").focus()
    page.keyboard.type("申请登记号 2026-017，个人信息保护法第四十七条")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/")
    act("演示：确认是本人")
    expect(page.locator("main")).to_contain_text("销毁本身已留痕")
    assert boxes.count() == 1
    look()
    page.goto(f"{sites[0]}/erasures/")
    expect(page.locator("main table")).to_contain_text(number)
    look()
    enter("sjj-auditor")
    page.goto(story)
    expect(page.locator("#story")).to_contain_text("已依法销毁")
    look()
    page.goto(f"{sites[0]}/trail/?kind=trail.shredded")
    page.locator(".trail .about a").first.click()
    expect(page.locator(".trail")).to_contain_text("已依法销毁")
    look()


def test_a_persons_data_are_erased_without_scripts(sites, browser):
    """No script runs: the same forms, the same questions, the same answer."""
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{sites[0]}/sign-in/")
    page.locator("button[name=username][value=scjg-conference-office]").click()
    page.goto(f"{sites[0]}/erasures/")
    page.select_option("#id_kind", "account")
    page.fill("#id_number", "scjg-task-clerk")
    page.get_by_role("button", name="查找").click()
    page.fill("#id_reason", "申请登记号 2026-018，个人信息保护法第四十七条")
    page.get_by_role("button", name="销毁勾选的个人信息").click()
    assert page.locator("#id_sure").evaluate("box => box.validity.valueMissing")
    page.check("#id_sure")
    page.get_by_role("button", name="销毁勾选的个人信息").click()
    page.get_by_role("button", name="演示：确认是本人").click()
    expect(page.locator("main")).to_contain_text("没有留存的个人信息。")
    context.close()


def announced_with_a_lottery(enter, site: str, page, act) -> str:
    """Ask for one more target and announce its draw, which waits for a lottery; return its address."""
    enter("nync-task-clerk")
    page.goto(f"{site}/tasks/?q=农药")
    page.locator("main td a").first.click()
    page.get_by_role("link", name=re.compile(r"341282-2026-D-\d+-1")).first.click()
    page.get_by_role("link", name="申请补充抽取").click()
    page.locator("input[name^=more_]").first.fill("1")
    page.fill("#id_reason", "省厅通知增加抽查户数")
    paper = {"name": "通知.txt", "mimeType": "text/plain", "buffer": "通知".encode()}
    page.set_input_files("#id_document", paper)
    act("提交申请")
    asked = page.url
    enter("sfj-supervisor")
    page.goto(asked)
    act("批准")
    enter("nync-task-clerk")
    page.goto(asked)
    page.get_by_role("link", name="准备补充抽取").click()
    page.select_option("#id_game", "KL8")
    page.fill("#id_issue", "2099311")
    page.fill("#id_event_at", "2099-11-21T21:30")
    act("保存")
    act("提请封存")
    address = page.url
    enter("nync-department-head")
    page.goto(address)
    act("确认封存")
    enter("nync-task-clerk")
    page.goto(address)
    played = page.get_by_role("button", name=re.compile("^演示代封"))
    while played.count():
        played.first.click()
    act("发布抽取公告")
    return address


def test_an_anchor_is_recorded_with_a_slip_and_confirmed_by_another(enter, sites, page, look, act):
    """The announcement stands on a provincial site; the second person looks, the draw tells of it."""
    page.on("dialog", lambda dialog: dialog.accept())
    address = announced_with_a_lottery(enter, sites[0], page, act)
    page.get_by_role("link", name="登记外部存证").click()
    look()
    page.get_by_role("link", name="省级网站").click()
    page.fill("#id_title", "安徽省农业农村厅网站")
    page.fill("#id_address", "nync.ah.gov.cn/notice/1")
    page.fill("#id_published_on", "2026-11-20")
    shot = {"name": "截图.png", "mimeType": "image/png", "buffer": PICTURE}
    page.set_input_files("#id_document", shot)
    act("登记")
    expect(page.locator("#id_address")).to_have_accessible_description(re.compile("http"))
    look()
    page.fill("#id_address", "https://nync.ah.gov.cn/notice/1")
    page.set_input_files("#id_document", shot)
    act("登记")
    expect(page.locator("main")).to_contain_text("须由登记人以外的人查看原件后复核")
    assert page.get_by_role("button", name="复核无误").count() == 0
    look()
    enter("nync-department-head")
    page.goto(f"{sites[0]}/anchors/")
    look()
    page.get_by_role("link", name=re.compile("安徽省农业农村厅网站")).click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="查看存证文件").click()
    assert caught.value.suggested_filename.endswith(".png")
    act("复核无误")
    expect(page.locator("h1")).to_contain_text("已复核")
    look()
    enter("nync-task-clerk")
    page.goto(f"{sites[0]}/anchors/")
    page.get_by_role("link", name=re.compile("安徽省农业农村厅网站")).click()
    page.get_by_role("link", name="登记外部存证").click()
    page.get_by_role("link", name="报刊").click()
    look()
    for name, words in (("title", "安徽日报"), ("issue", "第 25000 期"), ("page", "8")):
        page.fill(f"#id_{name}", words)
    page.fill("#id_published_on", "2026-11-20")
    page.set_input_files("#id_document", {**shot, "name": "版面.png"})
    act("登记")
    expect(page.locator("h1")).to_contain_text("待复核")
    page.goto(address)
    told = page.locator("section", has_text="外部存证")
    expect(told).to_contain_text("安徽省农业农村厅网站")
    expect(told).to_contain_text("安徽日报 第 25000 期 8")
    look()
