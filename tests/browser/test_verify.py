"""A citizen verifies a draw in the browser: what is right passes, what was changed is named."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from io import BytesIO
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from node.worlds import large_bundle
from playwright.sync_api import Locator, Page, expect

from fairdraw.evidence import write_zip

pytestmark = pytest.mark.browser

BUNDLE = "input[type=file]:not([webkitdirectory])"


@pytest.fixture
def verify_page(page, sites):
    """Walk from the portal's list of draws to the verification of an open one."""

    def go(name: str = "农药"):
        page.goto(f"{sites[1]}/lists/draw/")
        page.get_by_role("link", name=re.compile(name)).first.click()
        page.get_by_role("link", name="验证这次抽取").click()
        expect(page.locator("#verify")).to_be_visible()
        return page

    return go


def _published_bundle(page, sites) -> dict[str, bytes]:
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    with urlopen(f"{sites[1]}/records/{number}/files/bundle.zip") as answer:
        archive = ZipFile(BytesIO(answer.read()))
    return {name: archive.read(name) for name in archive.namelist()}


def _bring(page, files: dict[str, bytes]) -> None:
    payload = {"name": "bundle.zip", "mimeType": "application/zip", "buffer": write_zip(files)}
    page.set_input_files(BUNDLE, payload)


def _states(page: Page | Locator) -> dict[str, str]:
    items = page.locator("li.step")
    return {
        item.get_attribute("data-step"): item.get_attribute("class").split()[1]
        for item in items.all()
    }


def test_a_published_draw_verifies(verify_page, axe):
    """One click recomputes the draw; every step says what came out and why; nothing is left bad."""
    page = verify_page()
    axe()
    page.get_by_role("button", name="开始核验").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("一致")
    states = _states(page)
    assert set(states) >= {"announcement", "lists", "opening", "result"}
    assert "bad" not in states.values()
    assert states["result"] == "ok"
    page.get_by_text("为什么不可能是别的结果").first.click()
    expect(page.get_by_text("公告校验码先公布、签字，各方后启封随机数")).to_be_visible()
    axe()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe()


def test_a_changed_bundle_is_told_apart(verify_page, sites):
    """A zip in which one drawn business was swapped: file, line, what should stand there."""
    page = verify_page()
    files = _published_bundle(page, sites)
    lines = files["result.vdr"].decode().split("\n")
    good = lines[1]
    lines[1] = re.sub(r"[0-9A-Z]{18}", "91341282MA00000000", good)
    _bring(page, {**files, "result.vdr": "\n".join(lines).encode()})
    expect(page.locator("[data-status]")).to_contain_text("发现不一致")
    step = page.locator("li.step.bad")
    expect(step).to_have_count(1)
    expect(step).to_contain_text("result.vdr 第 2 行")
    expect(step).to_contain_text(good)
    expect(step).to_contain_text("91341282MA00000000")


def test_another_list_is_told_apart(verify_page, sites):
    """A list with one entry taken out does not have the digest of the announcement."""
    page = verify_page()
    files = _published_bundle(page, sites)
    frame = next(name for name in files if name.startswith("frame-"))
    _bring(page, {**files, frame: files[frame].split(b"\n", 1)[1]})
    expect(page.locator("li.step.bad")).to_contain_text(frame)
    expect(page.locator("li.step.bad")).to_contain_text("文件被改动过")


def test_a_whole_forged_draw_is_told_apart(verify_page):
    """A bundle that is consistent in itself is not the one whose digest was published."""
    page = verify_page()
    _bring(page, large_bundle(20))
    expect(page.locator("li.step.bad")).to_contain_text("与本网站先前公布的不同")


def test_a_city_wide_list_verifies_at_once(page, sites):
    """60,000 entries in less than five seconds, while the page keeps answering."""
    page.goto(f"{sites[1]}/verify/")
    expect(page.locator("#verify")).to_be_visible()
    bundle = large_bundle(60_000)
    page.evaluate(
        "() => { window.beats = 0; window.times = {};"
        " setInterval(() => { window.beats += 1; }, 20);"
        " const status = document.querySelector('[data-status]');"
        " new MutationObserver(() => {"
        "   window.times[status.dataset.state] = [performance.now(), window.beats]; })"
        "   .observe(status, {attributes: true}); }"
    )
    _bring(page, bundle)
    expect(page.locator("[data-status][data-state=ok]")).to_be_visible(timeout=20_000)
    times = page.evaluate("window.times")
    (began, before), (ended, after) = times["working"], times["ok"]
    print(f"60,000 entries: {ended - began:.0f} ms, {after - before} beats of 20 ms meanwhile")
    assert ended - began < 5000
    assert after - before > 3


def test_a_business_reads_its_receipt_first_and_the_proofs_below(
    page, sites, axe, tmp_path_factory
):
    """The code on the notice opens one sentence; the browser verifies the proofs behind it."""
    path = next(tmp_path_factory.getbasetemp().glob("sites*/city.sqlite3"))
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        rows = base.execute("select code_sha256 from publication_sealedreceipt")
        sealed = Counter(row[0] for row in rows)
        codes = [row[0] for row in base.execute("select check_code from inspections_inspection")]
    lists = {code: sealed[hashlib.sha256(code.encode()).hexdigest()] for code in codes}
    code = max(lists, key=lambda code: lists[code])
    page.goto(f"{sites[1]}/receipt/")
    page.fill("input[name=code]", code)
    page.keyboard.press("Enter")
    own = page.locator("section:has(.say)")
    expect(own).to_have_count(lists[code])
    expect(own.filter(has_text="因此抽中").first).to_be_visible()
    for section in own.all():
        expect(section.locator(".say")).to_contain_text("您在待抽取名单中，签号")
        expect(section.locator(".say")).to_contain_text(re.compile("因此(未)?抽中"))
        expect(section.locator("[data-status]")).to_contain_text("回执核验一致")
        steps = ("receipt", "leaf-proof", "row-proof", "edition")
        assert _states(section) == dict.fromkeys(steps, "ok")
    axe()
    with page.expect_download() as caught:
        page.get_by_role("button", name="下载回执").last.click()
    page.goto(f"{sites[1]}/verify/")
    page.set_input_files(BUNDLE, caught.value.path())
    expect(page.locator("[data-status]")).to_contain_text("自身完全一致")


def test_without_javascript_the_page_says_how(browser, sites, tmp_path):
    """No script: the single-file verifier is named, and no dead button stands there."""
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{sites[1]}/verify/")
    expect(page.get_by_text("python3 fairdraw.pyz verify bundle.zip")).to_be_visible()
    expect(page.get_by_text("结论一样可靠")).to_be_visible()
    assert not page.locator("#verify").is_visible()
    with page.expect_download() as caught:
        page.get_by_role("link", name="fairdraw.pyz").click()
    caught.value.save_as(tmp_path / "fairdraw.pyz")
    context.close()
    bundle = write_zip(large_bundle(20))
    (tmp_path / "bundle.zip").write_bytes(bundle)
    command = [sys.executable, "-I", "fairdraw.pyz", "verify", "bundle.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.rstrip().endswith("verify: OK")
