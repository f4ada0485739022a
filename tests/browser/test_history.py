"""The video history: cards, filters, search, paging, preview, download, retry and details."""

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
from tests.browser.home_page import PAGE_SIZE, PROMPT, HomePage
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video


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
    home_page.write_failed_videos(home, "A red kite over the sea", "A red boat", "The sea at night")
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
    prompts = [f"Number {number}" for number in range(PAGE_SIZE + 3)]
    home_page.write_failed_videos(home, *prompts)
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards).to_have_count(PAGE_SIZE)

    home.button("Load more").click()

    expect(cards).to_have_count(PAGE_SIZE + 3)
    expect(home.titles).to_have_text(prompts[::-1])
    expect(cards.nth(PAGE_SIZE)).to_be_focused()
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
    for text in ("Kling 2.6", "5 s, 16:9, 720p", f"{video['width']} × {video['height']}", "$0.21 in cash"):
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
