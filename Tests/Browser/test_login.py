"""A dashboard with a token: the form, the cookie, and the way back to it when the login is over."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.visit import Visit
from support.admin import TOKEN, serving


@pytest.fixture(scope="module")
def guarded():
    with serving(2, token=TOKEN) as balancer:
        yield balancer


@pytest.fixture
def stranger(browser, start, guarded):
    """A visit by somebody who has not logged in yet."""
    return start(Visit(browser, guarded.admin_address))


def log_in(visit, token):
    """Fills in the form."""
    visit.page.get_by_label("Token").fill(token)
    visit.page.get_by_role("button", name="Log in").click()


def test_a_wrong_token_is_told_and_the_right_one_opens_the_dashboard(stranger, guarded):
    stranger.allow("401 ")
    expect(stranger.page).to_have_url(f"http://{guarded.admin_address}/login")
    screenshots.take(stranger, "login")
    assert Axe().run(stranger.page).response["violations"] == []
    log_in(stranger, "wrong")
    expect(stranger.page.get_by_role("alert")).to_contain_text("not the right one")
    assert Axe().run(stranger.page).response["violations"] == []
    log_in(stranger, TOKEN)
    expect(stranger.page).to_have_url(f"http://{guarded.admin_address}/")
    stranger.wait_until_ready()
    expect(stranger.find("#status-healthy")).to_have_text("2 of 2 in turn")
    stranger.ticks(1)
    (cookie,) = stranger.page.context.cookies()
    assert cookie["name"].startswith("evenkeel_session_") and cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert TOKEN not in cookie["value"] and stranger.page.evaluate("document.cookie") == ""
    stranger.find('[data-action="toggle"]').first.click()
    expect(stranger.find("#notice")).to_contain_text("is stopped")
    stranger.find('[data-action="toggle"]').first.click()
    expect(stranger.find("#notice")).to_contain_text("takes part")


def test_a_login_that_is_over_leads_back_to_the_form(stranger):
    stranger.allow("401 ")
    log_in(stranger, TOKEN)
    stranger.wait_until_ready()
    stranger.page.context.clear_cookies()
    stranger.find("#refresh").click()
    expect(stranger.page.get_by_label("Token")).to_be_visible()


def test_who_has_logged_in_can_log_out_by_keyboard_and_other_tabs_follow(stranger):
    stranger.allow("401 ")
    # Streams that the logout ends are opened anew, and refused.
    stranger.allow("net::ERR_")
    log_in(stranger, TOKEN)
    stranger.wait_until_ready()
    other = stranger.page.context.new_page()
    other.goto(stranger.page.url)
    expect(other.locator("html")).to_have_attribute("data-ready", "yes")
    button = stranger.button("Log out")
    expect(button).to_be_visible()
    stranger.page.bring_to_front()
    stranger.find("#theme").focus()
    stranger.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    stranger.page.keyboard.press("Enter")
    expect(stranger.page.get_by_label("Token")).to_be_visible()
    expect(other.get_by_label("Token")).to_be_visible()
    assert stranger.page.context.cookies() == []


def test_the_form_works_without_javascript(browser, guarded):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"http://{guarded.admin_address}/")
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Log in").click()
        expect(page).to_have_url(f"http://{guarded.admin_address}/")
        assert [cookie["name"].rpartition("_")[0] for cookie in context.cookies()] == ["evenkeel_session"]
    finally:
        context.close()
