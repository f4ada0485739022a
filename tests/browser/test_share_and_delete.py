"""Share links, deletion and undo in the video history."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PROMPT, HomePage
from tests.factories import finished_video

TOKEN_EXPIRES_SOON = "() => { const now = Date.now; Date.now = () => now() + 57 * 60_000; }"


OPEN_GRAPH = "() => [...document.querySelectorAll('meta[property^=\"og:\"]')].map((it) => it.getAttribute('property'))"


@pytest.mark.smoke
def test_share_page_opens_for_anyone_until_sharing_stops(home: HomePage, new_page: Callable[..., Page]) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.open()

    home.button(f"Share: {PROMPT}").click()
    link = home.page.get_by_role("textbox", name="Share link").input_value()
    visitor = new_page()
    visitor.goto(link)

    assert {"og:title", "og:image", "og:video", "og:url"} <= set(visitor.evaluate(OPEN_GRAPH))
    assert home_page.play(visitor.locator("video")) == [video["width"], video["height"]]
    share_urls = [
        home.page.get_by_role("link", name=f"Share on {it}").get_attribute("href") for it in ("X", "Telegram")
    ]
    assert [PROMPT.split()[1] in str(it) for it in share_urls] == [False, False]
    home.button("Stop sharing").click()
    expect(home.toasts.get_by_text("Sharing stopped.", exact=False).first).to_be_visible()
    assert visitor.request.get(link).status == 404


def test_late_share_link_is_not_shown_for_another_video(home: HomePage) -> None:
    first = finished_video(home.user, prompt=PROMPT)
    second = finished_video(home.user, prompt="A stone falls")
    held = HeldRequests(home.page, f"**{first['links']['share']}")
    home.open()

    with home.page.expect_request(f"**{first['links']['share']}"):
        home.button(f"Share: {PROMPT}").click()
    home.page.keyboard.press("Escape")
    with home.page.expect_response(f"**{second['links']['share']}") as shared:
        home.button("Share: A stone falls").click()
    link = home.page.get_by_role("textbox", name="Share link")
    expect(link).to_have_value(shared.value.json()["url"])
    with home.page.expect_response(f"**{first['links']['share']}"):
        held.wait_for()
        held.release()

    expect(link).to_have_value(shared.value.json()["url"])
    home.button("Stop sharing").click()
    expect(home.toasts.get_by_text("Sharing stopped.", exact=False).first).to_be_visible()
    assert home.page.request.get(shared.value.json()["url"]).status == 404


def test_held_delete_key_deletes_one_video(home: HomePage) -> None:
    home_page.write_failed_videos(home, "First", "Second", "Third")
    home.open()
    home.cards.first.focus()

    for _ in range(3):
        home.page.keyboard.down("Delete")
    home.page.keyboard.up("Delete")

    expect(home.toasts.get_by_text("Deleted: Third", exact=True)).to_be_visible()
    expect(home.titles).to_have_text(["Second", "First"])


@pytest.mark.smoke
def test_undo_restores_the_deleted_video_and_focuses_it(home: HomePage) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.open()
    home_page.keep_toasts(home.page)

    with home_page.record_requests(home.page, method="DELETE", path=video["links"]["self"]) as requests:
        home.button(f"Delete: {PROMPT}").click()
        expect(home.card(PROMPT)).not_to_be_attached()
        expect(home.toasts.get_by_text(f"Deleted: {PROMPT}", exact=True)).to_be_visible()
        home.button("Undo").click()

        expect(home.card(PROMPT)).to_be_focused()
        home.page.reload()
        expect(home.card(PROMPT)).to_be_visible()
    assert (requests, home.video()["id"]) == ([], video["id"])


def wait_for_the_timeout(home: HomePage) -> None:
    home.page.mouse.move(0, 0)
    home.page.clock.run_for(7000)


def dismiss(home: HomePage) -> None:
    home.button("Dismiss").click()


def navigate_away(home: HomePage) -> None:
    home.page.goto("/docs")


def close_page(home: HomePage) -> None:
    home.page.close(run_before_unload=True)


def sign_out(home: HomePage) -> None:
    home.button("Sign out").click()
    expect(home.page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("action", [wait_for_the_timeout, dismiss, navigate_away, close_page, sign_out])
def test_delete_is_final_once_undo_is_no_longer_possible(action: Callable[[HomePage], None], home: HomePage) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.page.clock.install()
    home.open()
    if action != wait_for_the_timeout:
        home_page.keep_toasts(home.page)
    home.wait_for_thumbnail(video)

    home.button(f"Delete: {PROMPT}").click()
    expect(home.card(PROMPT)).not_to_be_attached()
    assert home.user.send("GET", video["links"]["self"]).status_code == 200
    action(home)

    assert home_page.is_eventually_deleted(home.user, video)


@pytest.mark.parametrize("action", [navigate_away, sign_out])
def test_delete_completes_on_leaving_with_a_token_about_to_expire(
    action: Callable[[HomePage], None], home: HomePage
) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.open()
    home_page.keep_toasts(home.page)
    home.wait_for_thumbnail(video)

    home.button(f"Delete: {PROMPT}").click()
    expect(home.card(PROMPT)).not_to_be_attached()
    home.page.evaluate(TOKEN_EXPIRES_SOON)
    action(home)

    assert home_page.is_eventually_deleted(home.user, video)


def test_failed_delete_restores_the_video_and_shows_the_error(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    expect_console("status of 500")
    home.open()
    path = re.compile(f"{video['links']['self']}$")
    home.page.route(path, lambda it: it.fulfill(status=500) if it.request.method == "DELETE" else it.fallback())

    home_page.keep_toasts(home.page)
    home.button(f"Delete: {PROMPT}").click()
    home.button("Dismiss").click()

    expect(home.toasts.get_by_text("The video was not deleted.").first).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()
