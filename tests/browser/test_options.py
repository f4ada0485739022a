"""Options on the home page: sound, end frame and others, and the rules between them."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.home_page import HomePage
from tests.browser.options_form import choose_end_frame, sent_body, switch

NO_SOUND_WITH_END_FRAME = "An end frame cannot be combined with sound."


@pytest.mark.smoke
def test_sound_shows_its_price_and_switches_to_the_resolution_that_it_needs(
    home: HomePage, kling: KlingSimulator
) -> None:
    home.open()
    home.model.select_option("kling-2.6")
    expect(home.form.get_by_text("Sound adds $0.49 per video. Sound needs 1080p.")).to_be_visible()
    expect(home.form.get_by_role("radio", name="720p")).to_be_checked()

    switch(home, "Sound").check()

    expect(home.form.get_by_role("radio", name="1080p")).to_be_checked()
    expect(home.form.get_by_role("radio", name="720p")).to_be_disabled()
    expect(home.form.get_by_text("Sound needs 1080p.", exact=True)).to_be_visible()
    expect(home.form.get_by_text("$0.70", exact=True)).to_be_visible()
    home.submit()
    expect(home.player).to_be_visible()
    video = home.video()
    assert (video["sound"], video["resolution"], video["cost"]["estimated_usd"]) == (True, "1080p", 0.7)
    assert sent_body(kling, video)["settings"]["audio"] == "native"


def test_model_without_sound_has_no_switch_but_the_choice_returns(home: HomePage) -> None:
    home.open()
    home.model.select_option("kling-2.6")
    switch(home, "Sound").check()

    home.model.select_option("kling-2.5-turbo")
    expect(switch(home, "Sound")).not_to_be_attached()
    expect(home.form.get_by_role("radio", name="720p")).to_be_checked()
    with home.page.expect_request(lambda it: it.method == "POST" and it.url.endswith("/v1/videos")) as request:
        home.submit()
    expect(home.player).to_be_visible()
    home.model.select_option("kling-2.6")

    expect(switch(home, "Sound")).to_be_checked()
    assert "sound" not in json.loads(request.value.post_data or "")


def test_video_ends_with_the_end_frame(home: HomePage, kling: KlingSimulator) -> None:
    home.open()
    expect(home.button("Choose end frame")).to_be_disabled()
    expect(home.form.get_by_text("An end frame needs a source image.", exact=True)).to_be_visible()
    home.choose(home_page.image_file(640, 640))

    choose_end_frame(home, home_page.image_file(640, 480, format="PNG"))
    expect(home.form.get_by_text("An end frame needs 1080p.", exact=True)).to_be_visible()
    home.submit()

    expect(home.player).to_be_visible()
    video = home.video()
    frames = {item["type"]: item["image"] for item in sent_body(kling, video)["contents"] if "image" in item}
    assert (video["end_image_url"] or "").startswith("upload:")
    assert video["resolution"] == "1080p"
    assert frames["last_frame"]["width"] == frames["last_frame"]["height"]


def test_options_that_exclude_each_other_say_why(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("kling-2.6")

    choose_end_frame(home, home_page.image_file(800, 800))
    expect(switch(home, "Sound")).to_be_disabled()
    expect(switch(home, "Sound")).to_have_accessible_description(NO_SOUND_WITH_END_FRAME)
    home.button("Remove end frame").click()
    switch(home, "Sound").check()

    expect(home.button("Choose end frame")).to_be_disabled()
    expect(home.form.get_by_text(NO_SOUND_WITH_END_FRAME)).to_be_visible()


def test_further_options_reach_the_record(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("higgsfield-dop-standard")
    home.page.get_by_text("More options").click()
    home.button("Add motion").click()
    home.page.get_by_role("textbox", name="Motion 1").fill("dolly-in")
    home.page.get_by_role("slider", name="Strength of motion 1").fill("0.5")
    home.page.get_by_role("spinbutton", name="Seed").fill("7")
    switch(home, "Enhance prompt").check()

    home.submit()
    expect(home.player).to_be_visible()

    video = home.video()
    assert (video["seed"], video["motions"], video["enhance_prompt"]) == (
        7,
        [{"id": "dolly-in", "strength": 0.5}],
        True,
    )


def test_seed_out_of_range_is_not_sent(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("higgsfield-dop-standard")
    home.page.get_by_text("More options").click()
    home.page.get_by_role("spinbutton", name="Seed").fill("1000001")
    home.page.get_by_text("More options").click()

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as sent:
        home.submit()
        expect(home.page.get_by_role("alert").get_by_text("Enter a whole number from 1 to 1,000,000.")).to_be_visible()

    expect(home.page.get_by_role("spinbutton", name="Seed")).to_be_focused()
    assert sent == []


def test_draft_keeps_the_options_across_a_reload(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("kling-3.0")
    choose_end_frame(home, home_page.image_file(700, 700))
    switch(home, "Sound").check()
    switch(home, "Shots").check()
    home.page.get_by_role("textbox", name="Prompt of shot 2").fill("The end")
    home.page.wait_for_function("() => JSON.parse(sessionStorage['keepreel.pending.draft']).value.end")

    home.page.reload()

    expect(switch(home, "Sound")).to_be_checked()
    expect(home.page.get_by_role("textbox", name="Prompt of shot 2")).to_have_value("The end")
    expect(home.button("Remove end frame")).to_be_visible()


def unavailable(route: Route) -> None:
    detail = "Kling 2.5 Turbo is not available."
    errors = [{"pointer": "/model", "detail": detail}]
    route.fulfill(status=422, json={"status": 422, "code": "model_unavailable", "detail": detail, "errors": errors})


def test_model_that_ended_while_the_page_was_open_is_named_at_the_model(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 422")
    home.open()
    home_page.intercept_create(home.page, unavailable)

    with home.page.expect_request("**/v1/models"):
        home.submit()

    expect(home.page.get_by_role("alert").get_by_text("Kling 2.5 Turbo is not available.")).to_be_visible()
    expect(home.model).to_be_focused()
