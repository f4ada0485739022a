"""Double clicks, held keys, lost responses and reloads create exactly one video."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Route, expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PROMPT, HomePage


def click_twice(home: HomePage) -> None:
    home.generate.dblclick()


def press_enter_twice(home: HomePage) -> None:
    home.generate.focus()
    home.page.keyboard.press("Enter")
    home.page.keyboard.press("Enter")


def press_control_enter_twice(home: HomePage) -> None:
    home.prompt.press("Control+Enter")
    home.prompt.press("Control+Enter")


@pytest.mark.parametrize("submit", [click_twice, press_enter_twice, press_control_enter_twice])
def test_submitting_twice_before_the_response_creates_one_video(
    submit: Callable[[HomePage], None], home: HomePage
) -> None:
    home.open()
    held = HeldRequests(home.page, home_page.VIDEOS, matches=home_page.is_create)
    home.prompt.fill(PROMPT)

    submit(home)
    expect(home.button("Creating…")).to_be_disabled()
    held.wait_for()
    held.release()

    expect(home.player).to_have_count(1)
    assert (len(held), len(home.videos())) == (1, 1)


def test_second_click_of_a_double_click_is_ignored_after_the_response(home: HomePage) -> None:
    home.open()
    home.submit()
    expect(home.player).to_be_visible()

    home.generate.hover()
    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.page.mouse.down(click_count=2)
        home.page.mouse.up(click_count=2)
        home.generate.click()  # a separate click
        expect(home.cards).to_have_count(2)

    assert len(requests) == 1


def test_button_stays_disabled_until_the_new_video_is_displayed(home: HomePage) -> None:
    home.page.clock.install()
    held = HeldRequests(home.page, re.compile(r"/video-progress-list\.js$"))
    home.open()
    home.submit()
    held.wait_for()
    expect(home.cards).to_have_count(1)  # the response arrived, but the progress list is still loading

    home.page.clock.fast_forward(5000)  # more than the pause after a success
    expect(home.button("Creating…")).to_be_disabled()
    home.prompt.press("Control+Enter")
    held.release()

    expect(home.player).to_be_visible()
    expect(home.generate).to_be_enabled()
    assert len(home.videos()) == 1


def hold_enter(home: HomePage) -> None:
    home.generate.focus()
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")  # key repeat


def hold_control_enter(home: HomePage) -> None:
    home.prompt.focus()
    home.page.keyboard.down("Control")
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")
    home.page.keyboard.up("Control")


@pytest.mark.parametrize("hold", [hold_enter, hold_control_enter])
def test_held_key_creates_one_video(hold: Callable[[HomePage], None], home: HomePage) -> None:
    home.open()
    home.prompt.fill(PROMPT)

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        hold(home)
        expect(home.player).to_be_visible()
        expect(home.generate).to_be_enabled()
        home.page.keyboard.down("Enter")  # the key is still down, and the button has the focus again
        home.page.keyboard.up("Enter")
        expect(home.generate).to_be_enabled()

    assert len(requests) == 1


def test_throttled_request_keeps_its_idempotency_key(home: HomePage, expect_console: Callable[[str], None]) -> None:
    statuses = iter([503, 429])

    def respond(route: Route) -> None:
        status = next(statuses, None)
        if status is None:
            return route.fallback()
        if status == 503:
            route.fetch()  # the API accepts the request
        return route.fulfill(status=status, json={"message": "Too Many Requests"})

    expect_console("status of 503")
    expect_console("status of 429")
    home.open()
    home_page.intercept_create(home.page, respond)

    home.submit()
    expect(home.form.get_by_text("Too many requests.")).to_be_visible()
    home.generate.click()

    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1


def test_request_contains_the_form_values_at_the_click(home: HomePage) -> None:
    home.open()
    held = HeldRequests(home.page, re.compile(r"/v1/uploads$"))
    home.choose(home_page.image_file())
    home.prompt.fill(PROMPT)

    home.generate.click()
    expect(home.button("Creating…")).to_be_visible()
    home.form.get_by_role("radio", name="4", exact=True).check()
    held.wait_for()
    held.release()

    expect(home.player).to_be_visible()
    assert home.video()["batch_id"] is None


def test_retrying_in_two_places_creates_one_video(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", message="out of memory")
    home.open()
    home.submit()
    expect(home.card(f"{PROMPT}, failed")).to_be_visible()
    held = HeldRequests(home.page, re.compile(r"/retry$"))

    home.progress.get_by_role("button", name="Try again").click()
    home.card(f"{PROMPT}, failed").get_by_role("button", name="Try again").click()
    held.wait_for(2)
    held.release()

    expect(home.player).to_be_visible()
    assert [it["status"] for it in home.videos()] == ["completed", "failed"]


def test_lost_response_is_retried_without_a_second_video(
    home: HomePage, kling: KlingSimulator, expect_console: Callable[[str], None]
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    expect_console("net::ERR_FAILED")
    home.page.clock.install()
    home.open()
    home_page.intercept_create(home.page, lose)

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.submit()
        while len(requests) < 3:  # the page retries automatically, with growing pauses
            home.page.clock.fast_forward(2000)
            home.page.wait_for_load_state()
        expect(home.form.get_by_text("No internet connection.")).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    home.page.unroute(home_page.VIDEOS)
    home.form.get_by_role("button", name="Try again").click()

    expect(home.player).to_be_visible()
    assert kling.create_calls[home.video()["id"]] == 1


def test_reload_before_the_response_finds_the_video(home: HomePage, kling: KlingSimulator) -> None:
    held: list[Route] = []

    def hold_first_response(route: Route) -> None:
        if held:
            return route.fallback()
        route.fetch()
        return held.append(route)

    home.open()
    home_page.intercept_create(home.page, hold_first_response)

    home.submit()
    expect(home.button("Creating…")).to_be_visible()
    assert home_page.eventually(lambda: home.videos() != [], page=home.page)
    home.page.reload()

    expect(home.player).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    assert kling.create_calls[home.video()["id"]] == 1
    with suppress(BrowserError):  # the page that sent it is gone
        held[0].abort()


def test_reload_during_generation_finds_the_video(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.open()
    home.submit()
    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()

    home.page.reload()

    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()
    expect(home.progress.get_by_role("heading")).to_have_text([PROMPT])
    kling.configure(finish_seconds=0)
    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1
