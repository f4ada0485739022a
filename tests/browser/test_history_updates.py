"""The video history follows what happens elsewhere: new, deleted and finished videos."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PAGE_SIZE, PROMPT, HomePage
from tests.factories import finished_video

LIST_LAG_MS = 120_000  # afterwards the page takes a video that is missing from the list for deleted


ONLINE = "() => dispatchEvent(new Event('online'))"  # makes the page refresh the list


def test_videos_created_or_deleted_elsewhere_appear_and_disappear(home: HomePage) -> None:
    home_page.write_failed_videos(home, "An old one")
    home.page.clock.install()
    home.open()
    expect(home.titles).to_have_text(["An old one"])

    created = finished_video(home.user, prompt="Created on another machine")
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_text(["Created on another machine", "An old one"])
    home.wait_for_thumbnail(created)
    home.user.send("DELETE", created["links"]["self"])
    home.page.clock.fast_forward(LIST_LAG_MS)
    home.page.evaluate(ONLINE)

    expect(home.titles).to_have_text(["An old one"])


def test_more_than_a_page_created_elsewhere_leaves_no_gap(home: HomePage) -> None:
    prompts = [f"Number {number}" for number in range(PAGE_SIZE + 8)]
    home_page.write_failed_videos(home, *prompts[:2])
    home.open()
    expect(home.titles).to_have_text(prompts[1::-1])
    expect(home.button("Load more")).to_be_hidden()

    home_page.write_failed_videos(home, *prompts[2:])
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_count(PAGE_SIZE + 2)
    home.button("Load more").click()

    expect(home.titles).to_have_text(prompts[::-1])
    expect(home.button("Load more")).to_be_hidden()


def test_load_more_continues_with_older_videos_after_a_gap(home: HomePage) -> None:
    prompts = [f"Number {number}" for number in range(2 * PAGE_SIZE + 8)]
    home_page.write_failed_videos(home, *prompts[: PAGE_SIZE + 3])
    home.open()
    expect(home.titles).to_have_count(PAGE_SIZE)

    home_page.write_failed_videos(home, *prompts[PAGE_SIZE + 3 :])
    home.page.evaluate(ONLINE)
    expect(home.titles).to_have_count(2 * PAGE_SIZE)
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
