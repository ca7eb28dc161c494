"""A passkey in a real browser, one-time codes on a phone's width, and an emergency seen by the auditor."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def key(page) -> None:
    """Plug a security key with a fingerprint into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def local(page, sites):
    """Sign in under the name localhost, which passkeys accept where an address of numbers is none."""
    site = sites[0].replace("127.0.0.1", "localhost")

    def sign_in(username: str) -> str:
        page.goto(f"{site}/sign-in/")
        page.evaluate(
            "name => { document.querySelector('button[name=username]').value = name; }", username
        )
        page.locator("button[name=username]").first.click()
        page.wait_for_url("**/desk/")
        return site

    return sign_in


def test_a_passkey_is_set_up_and_confirms_who_acts(local, page, look):
    """Under the strict content policy: made once, recovery codes shown, then asked for and shown."""
    faults = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    site = local("gxq-reviewer")
    key(page)
    page.goto(f"{site}/my/security/passkey/")
    page.get_by_role("button", name="演示：确认是本人").click()
    look()
    page.fill("#id_name", "办公电脑")
    page.get_by_role("button", name="登记这台设备").click()
    expect(page.locator("h1")).to_contain_text("恢复码")
    assert page.locator(".codes li").count() == 10
    look()
    page.goto(f"{site}/confirm/")
    assert page.get_by_role("button", name="演示：确认是本人").count() == 0
    look()
    page.get_by_role("button", name=re.compile("使用通行密钥")).click()
    page.wait_for_url("**/my/security/")
    expect(page.locator("main")).to_contain_text("通行密钥 · 办公电脑")
    look()
    assert faults == []


def test_one_time_codes_are_set_up_on_a_page_that_any_phone_reads(enter, sites, page, look):
    """The key is shown as a picture and in letters; the first code opens the list of recovery codes."""
    enter("gaj-reviewer")
    page.goto(f"{sites[0]}/my/security/code/")
    page.get_by_role("button", name="演示：确认是本人").click()
    look()
    assert page.locator(".totp svg").count() == 1
    secret = page.locator(".totp .digest").inner_text().replace(" ", "")
    step = page.evaluate("Math.floor(Date.now() / 30000)")
    page.fill("#id_code", format_hotp_value(hotp_value(secret, int(step))))
    page.get_by_role("button", name="启用").click()
    expect(page.locator("h1")).to_contain_text("恢复码")
    code = page.locator(".codes li").first.inner_text()
    page.goto(f"{sites[0]}/confirm/")
    look()
    page.fill("#id_code", "12345678")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("main")).to_contain_text("验证码不正确")
    page.fill("#id_code", code)
    page.get_by_role("button", name="确认", exact=True).click()
    page.wait_for_url("**/my/security/")
    expect(page.locator("main")).to_contain_text("还有 9 个可用")


def test_an_emergency_is_on_every_page_and_on_the_auditors_desk(enter, sites, page, look):
    """Asked with a reason, opened alone, read, ended; the auditor reads which pages."""
    enter("scjg-platform-admin")
    page.goto(f"{sites[0]}/emergency/")
    look()
    page.fill("#id_reason", "平台故障，需要核对全部任务的状态")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_load_state()
    look()
    page.get_by_role("button", name="演示：确认是本人").click()
    page.get_by_text("联系不上确认人，独自开启").first.click()
    page.get_by_label("联系了谁").fill("安全管理员电话无人接听")
    page.get_by_role("button", name="确认联系不上确认人，独自开启").click()
    expect(page.locator(".emergency")).to_contain_text("只能阅读")
    look()
    page.goto(f"{sites[0]}/tasks/")
    expect(page.locator(".emergency")).to_be_visible()
    page.get_by_role("button", name="立即结束").click()
    expect(page.locator("main")).to_contain_text("应急查看已结束")
    enter("sjj-auditor")
    page.goto(f"{sites[0]}/emergencies/")
    look()
    page.locator("main td a").first.click()
    expect(page.locator("main")).to_contain_text("/tasks/")
    look()
