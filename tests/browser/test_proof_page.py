"""A citizen checks in the browser that a published act stood in the log, and that the log only grew."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect
from toylog import Log

from fairdraw.note import parse_checkpoint, parse_note

pytestmark = pytest.mark.browser

FILE = "#log-check input[type=file]"
STATUS = "[data-status]"


@pytest.fixture
def check_page(page, sites):
    """Walk from a published draw to the check of its place in the log."""

    def go():
        page.goto(f"{sites[1]}/lists/draw/")
        page.locator("main").get_by_role("link", name=re.compile("抽查")).first.click()
        page.get_by_role("link", name="核验存证").first.click()
        expect(page.locator("#log-check")).to_be_visible()
        return page

    return go


def states(page) -> dict[str, str]:
    """Return how each step ended."""
    return {
        item.get_attribute("data-step"): item.get_attribute("class").split()[1]
        for item in page.locator("li.step").all()
    }


def signed(sites, size: int | None = None):
    """Return a checkpoint that the portal hands out."""
    path = "checkpoint" if size is None else f"checkpoints/{size}"
    with urlopen(f"{sites[1]}/log/{path}") as answer:
        note = answer.read().decode()
    return note, parse_checkpoint(parse_note(note).text)


def test_a_published_act_is_found_in_the_log(check_page, axe):
    """Event, signature, place, growth: every step says what came out and why."""
    page = check_page()
    expect(page.locator(STATUS)).to_contain_text("一致", timeout=20_000)
    found = states(page)
    assert set(found) >= {"proof", "event", "signature", "inclusion", "newest", "growth-newest"}
    assert "bad" not in found.values()
    page.get_by_text("看看算出了什么").first.click()
    expect(page.get_by_text("kind：draw.drawn")).to_be_visible()
    axe()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe()


def test_a_downloaded_proof_is_checked_and_a_changed_one_is_told_apart(
    check_page, sites, tmp_path: Path
):
    """The file alone, brought to the log's page; one letter of the event changed, and of the path."""
    page = check_page()
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载存证证明").click()
    path = tmp_path / "act.tlog-proof"
    caught.value.save_as(path)
    page.goto(f"{sites[1]}/log/")
    page.set_input_files(FILE, path)
    expect(page.locator(STATUS)).to_contain_text("该事件确已写入存证日志", timeout=20_000)
    lines = path.read_text().split("\n")
    for at in (1, 4):
        changed = list(lines)
        changed[at] = changed[at][:-9] + ("A" if changed[at][-9] != "A" else "B") + changed[at][-8:]
        path.write_text("\n".join(changed))
        page.set_input_files(FILE, path)
        expect(page.locator(STATUS)).to_contain_text("发现不一致", timeout=20_000)
        expect(page.locator("li.step.bad")).to_contain_text("推不到已签名的根")


def test_paper_witnesses_the_log(page, sites, axe):
    """Size and root as they are printed, typed with blanks; one digit wrong is a rewritten log."""
    page.goto(f"{sites[1]}/log/")
    size = int(page.locator("table tbody tr").last.locator("a").inner_text())
    _note, old = signed(sites, size)
    printed = " ".join(re.findall(".{8}", old.root.hex()))
    page.fill("[name=paper]", f"{size} {printed}")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(STATUS)).to_contain_text("只增不改", timeout=20_000)
    assert states(page)["growth-paper"] == "ok"
    axe()
    wrong = printed[:-1] + ("0" if printed[-1] != "0" else "1")
    page.fill("[name=paper]", f"{size} {wrong}")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator("li.step.bad")).to_contain_text("日志被改写", timeout=20_000)
    page.fill("[name=paper]", "不是")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(STATUS)).to_contain_text("没有读出条数和根")


def test_the_code_on_the_sheet_lands_on_an_answer_and_on_the_check(page, sites, axe):
    """A phone's camera opens the address: the site says what it has, then the browser computes."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{sites[1]}/log/")
    size = int(page.locator("table tbody tr").last.locator("a").inner_text())
    root = signed(sites, size)[1].root.hex()
    page.goto(f"{sites[1]}/log/?size={size}&root={root}")
    expect(page.locator(".compared")).to_contain_text("一致")
    expect(page.locator(STATUS)).to_contain_text("只增不改", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe()
    page.goto(f"{sites[1]}/log/?size={size}&root={'0' * 64}")
    expect(page.locator(".compared")).to_contain_text("不一致")
    expect(page.locator("li.step.bad")).to_contain_text("日志被改写", timeout=20_000)
    axe()


def test_the_browser_remembers_what_it_saw(page, sites):
    """A site that later shows another history of the same size is found out by who came before."""
    page.goto(f"{sites[1]}/log/")
    note, now = signed(sites)
    page.fill("[name=paper]", note)
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(STATUS)).to_contain_text("只增不改", timeout=20_000)
    page.reload()
    page.fill("[name=paper]", f"{now.size} {now.root.hex()}")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(STATUS)).to_contain_text("只增不改", timeout=20_000)
    assert states(page)["growth-known"] == "ok"
    page.evaluate(
        "() => { const key = Object.keys(localStorage).find((k) => k.startsWith('log '));"
        " const seen = JSON.parse(localStorage[key]);"
        " localStorage[key] = JSON.stringify({ ...seen, root: '0'.repeat(64) }); }"
    )
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator("li.step.bad")).to_contain_text("日志被改写", timeout=20_000)


def test_a_proof_of_another_log_is_not_accepted(page, sites, tmp_path: Path):
    """Whole in itself, and signed by somebody else."""
    path = tmp_path / "else.tlog-proof"
    path.write_text(Log.of(9).proof(3).text())
    page.goto(f"{sites[1]}/log/")
    page.set_input_files(FILE, path)
    expect(page.locator("li.step.bad")).to_contain_text("没有本日志的签名", timeout=20_000)


def test_without_javascript_the_page_says_how(browser, sites):
    """No dead button: the download and the single-file program are named."""
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{sites[1]}/log/")
    expect(page.get_by_text("结论一样可靠")).to_be_visible()
    expect(page.get_by_text("python3 fairdraw.pyz log-proof")).to_be_visible()
    assert not page.locator("#log-check").is_visible()
    size = page.locator("table tbody tr").last.locator("a").inner_text()
    page.fill("[name=size]", size)
    page.fill("[name=root]", "0" * 64)
    page.get_by_role("button", name="与本网站比对").click()
    expect(page.locator(".compared")).to_contain_text("不一致")
    page.fill("[name=size]", size)
    page.fill("[name=root]", signed(sites, int(size))[1].root.hex())
    page.get_by_role("button", name="与本网站比对").click()
    expect(page.locator(".compared")).to_contain_text("与纸上相同")
    context.close()
