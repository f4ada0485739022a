"""The video history: filter, search, play, download, share, delete, undo, retry, and isolation between users."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.aws import users
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories
from tests.browser import home_page
from tests.browser.chromium import REDUCED_MOTION
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PROMPT, HomePage
from tests.browser.signed_in import SignedInUser
from tests.browser.video_factory import finished_video

PAGE = 24  # videos per page of the list
LIST_LAG_MS = 120_000  # afterwards the page takes a video that is missing from the list for deleted
ONLINE = "() => dispatchEvent(new Event('online'))"  # makes the page refresh the list
TOKEN_EXPIRES_SOON = "() => { const now = Date.now; Date.now = () => now() + 57 * 60_000; }"
OPEN_GRAPH = "() => [...document.querySelectorAll('meta[property^=\"og:\"]')].map((it) => it.getAttribute('property'))"


def write_failed_videos(home: HomePage, *prompts: str) -> None:
    """Write failed video records, which need no files."""
    factories.write(factories.record(home.user.owner, prompt=it, status="failed") for it in prompts)


@pytest.mark.smoke
def test_card_shows_thumbnail_prompt_date_and_duration(home: HomePage) -> None:
    prompt = "A paper boat drifts across a rainy street. " * 8
    created_at = datetime.now(UTC) - timedelta(hours=2, minutes=10)
    video = finished_video(home.user, prompt=prompt, duration_seconds=10, created_at=created_at)
    home.open()

    (card,) = home.history.get_by_role("article").all()

    expect(card.locator("img")).to_have_attribute("src", video["thumbnail_url"])
    expect(card.locator("img")).to_have_js_property("naturalWidth", video["width"])
    assert prompt.startswith(card.get_by_role("heading").inner_text().rstrip("…"))
    assert len(card.get_by_role("heading").inner_text()) <= 160
    expect(card.get_by_text("10 s", exact=True)).to_be_visible()
    expect(card.get_by_role("time")).to_have_text("2 hours ago")
    expect(card.get_by_role("time")).to_have_attribute("datetime", video["created_at"])


def test_filters_are_kept_in_the_url_and_after_a_reload(home: HomePage) -> None:
    factories.put(home.user.owner, 1, model="kling-2.6", status="canceled")
    factories.put(home.user.owner, 2, model="kling-2.6", status="failed")
    factories.put(home.user.owner, 1, model="kling-3.0", status="failed")
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards).to_have_count(4)

    home.button("Failed").click()
    expect(cards).to_have_count(3)
    home.history.get_by_role("combobox", name="Model").select_option("Kling 2.6")
    expect(cards).to_have_count(2)
    assert home.page.url.endswith("/#/?status=failed&model=kling-2.6")
    home.page.reload()

    expect(cards).to_have_count(2)
    expect(home.button("Failed")).to_have_attribute("aria-pressed", "true")
    expect(home.history.get_by_role("combobox", name="Model")).to_have_value("kling-2.6")
    home.button("All").click()
    expect(cards).to_have_count(3)
    assert home.page.url.endswith("/#/?model=kling-2.6")


def test_empty_history_links_to_the_form_and_empty_filter_to_all_videos(home: HomePage) -> None:
    home.open()

    expect(home.history.get_by_role("heading", name="No videos yet")).to_be_visible()
    home.button("Write your first prompt").click()
    expect(home.prompt).to_be_focused()

    finished_video(home.user, prompt=PROMPT)
    home.button("Failed").click()
    expect(home.history.get_by_role("heading", name="No matching videos")).to_be_visible()
    expect(home.history.get_by_role("heading", name="No videos yet")).not_to_be_attached()
    home.button("Clear filters").click()
    expect(home.card(PROMPT)).to_be_visible()
    assert home.page.url.endswith("/#/")


def test_slash_focuses_the_search_which_matches_all_words(home: HomePage) -> None:
    write_failed_videos(home, "A red kite over the sea", "A red boat", "The sea at night")
    home.open()
    expect(home.titles).to_have_count(3)

    home.page.keyboard.press("/")
    expect(home.page.get_by_role("searchbox", name="Search prompts")).to_be_focused()
    home.page.keyboard.type("SEA red")

    expect(home.titles).to_have_text(["A red kite over the sea"])
    expect(home.history.get_by_text("1 of 3 loaded videos")).to_be_visible()
    home.page.keyboard.press("Escape")
    expect(home.titles).to_have_count(3)
    home.prompt.press("/")
    expect(home.prompt).to_have_value("/")


def test_load_more_appends_videos_and_focuses_the_first_new_one(home: HomePage) -> None:
    prompts = [f"Number {number}" for number in range(PAGE + 3)]
    write_failed_videos(home, *prompts)
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards).to_have_count(PAGE)

    home.button("Load more").click()

    expect(cards).to_have_count(PAGE + 3)
    expect(home.titles).to_have_text(prompts[::-1])
    expect(cards.nth(PAGE)).to_be_focused()
    expect(home.button("Load more")).to_be_hidden()


@pytest.mark.parametrize("options", [(), (REDUCED_MOTION,)], ids=["moving", "still"])
def test_hover_preview_loads_only_after_a_pause_and_with_motion_allowed(
    options: tuple[Any, ...], new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser], kling: KlingSimulator
) -> None:
    page = new_page(*options)
    home = HomePage(page=page, user=sign_in(page))
    finished_video(home.user, prompt=PROMPT)
    page.clock.install()
    home.open()

    with home_page.record_requests(page, method="GET", path="/video.mp4") as requests:
        expect(home.card(PROMPT).locator("img")).to_have_js_property("naturalWidth", 64)
        assert requests == []
        home.button(f"Play: {PROMPT}").hover()
        page.clock.run_for(1000)
        expect(home.card(PROMPT).locator("video")).to_have_count(0 if options else 1)
        if not options:
            expect(home.card(PROMPT).locator("video.moving")).to_be_visible()
        home.prompt.hover()
        expect(home.card(PROMPT).locator("video")).to_have_count(0)

    assert len(requests) == (0 if options else 1)


def test_download_saves_the_file_under_a_readable_name(home: HomePage, tmp_path: Path) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.open()

    with home.page.expect_download() as found:
        home.button(f"Download: {PROMPT}").click()

    found.value.save_as(tmp_path / "video.mp4")
    assert re.fullmatch(r"[\w-]+\.mp4", found.value.suggested_filename)
    assert (tmp_path / "video.mp4").stat().st_size == video["size_bytes"]
    assert home.page.url.endswith("/")


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
    write_failed_videos(home, "First", "Second", "Third")
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


def let_it_time_out(home: HomePage) -> None:
    home.page.mouse.move(0, 0)
    home.page.clock.run_for(7000)


def dismiss(home: HomePage) -> None:
    home.button("Dismiss").click()


def leave_the_page(home: HomePage) -> None:
    home.page.goto("/docs")


def close_the_page(home: HomePage) -> None:
    home.page.close(run_before_unload=True)


def sign_out(home: HomePage) -> None:
    home.button("Sign out").click()
    expect(home.page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("action", [let_it_time_out, dismiss, leave_the_page, close_the_page, sign_out])
def test_delete_is_final_once_undo_is_no_longer_possible(action: Callable[[HomePage], None], home: HomePage) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.page.clock.install()
    home.open()
    if action != let_it_time_out:
        home_page.keep_toasts(home.page)

    home.button(f"Delete: {PROMPT}").click()
    expect(home.card(PROMPT)).not_to_be_attached()
    assert home.user.send("GET", video["links"]["self"]).status_code == 200
    action(home)

    assert home_page.is_eventually_deleted(home.user, video)


@pytest.mark.parametrize("action", [leave_the_page, sign_out])
def test_delete_completes_on_leaving_with_a_token_about_to_expire(
    action: Callable[[HomePage], None], home: HomePage
) -> None:
    video = finished_video(home.user, prompt=PROMPT)
    home.open()
    home_page.keep_toasts(home.page)

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


def test_videos_created_or_deleted_elsewhere_appear_and_disappear(home: HomePage) -> None:
    write_failed_videos(home, "An old one")
    home.page.clock.install()
    home.open()
    expect(home.titles).to_have_text(["An old one"])

    created = finished_video(home.user, prompt="Made on another machine")
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_text(["Made on another machine", "An old one"])
    home.user.send("DELETE", created["links"]["self"])
    home.page.clock.fast_forward(LIST_LAG_MS)
    home.page.evaluate(ONLINE)

    expect(home.titles).to_have_text(["An old one"])


def test_more_than_a_page_created_elsewhere_leaves_no_gap(home: HomePage) -> None:
    prompts = [f"Number {number}" for number in range(PAGE + 8)]
    write_failed_videos(home, *prompts[:2])
    home.open()
    expect(home.titles).to_have_text(prompts[1::-1])
    expect(home.button("Load more")).to_be_hidden()

    write_failed_videos(home, *prompts[2:])
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_count(PAGE + 2)
    home.button("Load more").click()

    expect(home.titles).to_have_text(prompts[::-1])
    expect(home.button("Load more")).to_be_hidden()


def test_load_more_continues_with_older_videos_after_a_gap(home: HomePage) -> None:
    prompts = [f"Number {number}" for number in range(2 * PAGE + 8)]
    write_failed_videos(home, *prompts[: PAGE + 3])
    home.open()
    expect(home.titles).to_have_count(PAGE)

    write_failed_videos(home, *prompts[PAGE + 3 :])
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_count(2 * PAGE)
    home.button("Load more").click()
    expect(home.titles).to_have_text(prompts[:2:-1])
    home.button("Load more").click()

    expect(home.titles).to_have_text(prompts[::-1])
    expect(home.button("Load more")).to_be_hidden()


def test_finished_video_is_not_taken_for_deleted_under_a_status_filter(
    home: HomePage, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(3600)
    video = home.user.create_video(prompt=PROMPT).json()
    home.page.clock.install()
    home.open()
    expect(home.card(f"{PROMPT}, generating")).to_be_visible()
    home.open("/#/?status=processing")
    expect(home.progress.get_by_role("heading", name=PROMPT)).to_be_visible()
    held = HeldRequests(home.page, re.compile(f"{video['links']['self']}$"))

    set_finish_seconds(0)
    home.user.follow(video["id"])
    home.page.clock.fast_forward(LIST_LAG_MS)
    with home.page.expect_response(re.compile(r"\?status=processing&")):
        home.page.evaluate(ONLINE)
    home.page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")  # the response has been processed
    expect(home.progress.get_by_role("heading", name=PROMPT)).to_be_visible()
    held.wait_for()
    held.release()

    expect(home.player).to_be_visible()


def test_card_of_an_unfinished_video_updates(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.user.create_video(prompt=PROMPT)
    home.open()

    unfinished = home.card(f"{PROMPT}, generating")
    expect(unfinished.get_by_text(re.compile(r"^(?!0:00)\d+:\d\d$"))).to_be_visible()
    home.button("In progress").click()
    expect(home.titles).to_have_text([PROMPT])
    home.button("All").click()
    kling.configure(finish_seconds=0)

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.progress.locator("video")).to_be_visible()  # also announced: see test_accessibility.py
    expect(home.button(f"Download: {PROMPT}")).to_be_visible()


def test_failed_video_can_be_retried_from_its_card(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    failed = home.user.follow(home.user.create_video(prompt=PROMPT).json()["id"])
    home.open()
    expect(home.card(f"{PROMPT}, failed").get_by_text(failed["error"]["message"])).to_be_visible()

    home.button(f"Try again: {PROMPT}").click()

    expect(home.card(PROMPT)).to_be_visible()
    assert [(it["status"], it["remixed_from"]) for it in home.videos()] == [
        ("completed", failed["id"]),
        ("failed", None),
    ]


def test_held_key_retries_once(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    failed = home.user.follow(home.user.create_video(prompt=PROMPT).json()["id"])
    home.open()

    home.button(f"Try again: {PROMPT}").focus()
    with home_page.record_requests(home.page, method="POST", path=failed["links"]["retry"]) as requests:
        with home.page.expect_response(f"**{failed['links']['retry']}"):
            home.page.keyboard.down("Enter")
        home.page.keyboard.down("Enter")
        home.page.keyboard.down("Enter")
        home.page.keyboard.up("Enter")
        expect(home.card(PROMPT).first).to_be_visible()

    assert len(requests) == 1


@pytest.mark.smoke
def test_details_show_the_record_and_return_the_focus(home: HomePage) -> None:
    first = finished_video(home.user, prompt=PROMPT, model="kling-2.6", aspect_ratio="16:9")
    remix = home.user.send("POST", first["links"]["remix"], json={"prompt": "A kite rises"}).json()
    video = home.user.follow(remix["id"])
    home.open()

    home.card("A kite rises").get_by_role("button", name="A kite rises", exact=True).click()

    dialog = home.page.get_by_role("dialog", name="A kite rises")
    assert home_page.play(dialog.locator("video")) == [video["width"], video["height"]]
    for text in ("Kling 2.6", "5 s, 16:9, 720p", f"{video['width']} × {video['height']}", "$0.21"):
        expect(dialog.get_by_text(text)).to_be_visible()
    expect(dialog.get_by_role("link", name=re.compile(r"video\.mp4$"))).to_have_attribute("href", video["video_url"])
    dialog.get_by_role("button", name="Show original").click()
    expect(home.page.get_by_role("dialog", name=PROMPT)).to_be_visible()
    home.page.keyboard.press("Escape")
    expect(home.page.get_by_role("dialog")).to_have_count(0)
    expect(home.card("A kite rises").get_by_role("button", name="A kite rises", exact=True)).to_be_focused()


def test_next_user_of_the_tab_does_not_see_the_previous_users_videos(
    home: HomePage, sign_in: Callable[..., SignedInUser], new_page: Callable[..., Page], stack: Stack
) -> None:
    finished_video(home.user, prompt=PROMPT)
    other_page = new_page()
    other = HomePage(page=other_page, user=sign_in(other_page))
    finished_video(other.user, prompt="A stone falls")
    home.open()
    expect(home.titles).to_have_text([PROMPT])
    home.prompt.fill("My secret")

    home.button("Sign out").click()
    home.page.get_by_role("textbox", name="Email").fill(other.user.email)
    home.page.get_by_role("textbox", name="Password").fill(users.PASSWORD)
    home.page.get_by_role("region", name="Sign in").get_by_role("button", name="Sign in", exact=True).click()

    expect(home.titles).to_have_text(["A stone falls"])
    expect(home.prompt).to_have_value("")
    expect(home.page.get_by_text(PROMPT)).to_have_count(0)
    assert home.page.evaluate("() => JSON.stringify({ ...sessionStorage, ...localStorage })").count("secret") == 0
