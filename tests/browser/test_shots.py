"""The shots of a video on the home page."""

from collections.abc import Callable

from playwright.sync_api import expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.home_page import HomePage
from tests.browser.options_form import sent_body, switch


def test_shots_divide_the_duration_and_replace_the_prompt(home: HomePage, kling: KlingSimulator) -> None:
    home.open()
    home.prompt.fill("A paper boat is folded")
    home.model.select_option("kling-3.0")
    switch(home, "Shots").check()
    expect(home.prompt).to_be_hidden()
    expect(home.page.get_by_role("textbox", name="Prompt of shot 1")).to_have_value("A paper boat is folded")

    home.generate.click()
    expect(home.page.get_by_role("alert").get_by_text("Shot 2: Describe what happens.")).to_be_visible()
    second = home.page.get_by_role("textbox", name="Prompt of shot 2")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-invalid", "true")
    expect(home.page.get_by_role("textbox", name="Prompt of shot 1")).to_have_attribute("aria-invalid", "false")
    second.fill("It drifts down the street")
    home.form.get_by_role("combobox", name="Duration").select_option("10")
    seconds = home.page.get_by_role("spinbutton", name="Seconds of shot 1")
    seconds.fill("7")
    seconds.press("Tab")
    expect(home.page.get_by_role("spinbutton", name="Seconds of shot 2")).to_have_value("3")
    expect(home.form.get_by_text("10 s of 10 s · up to 6 shots")).to_be_visible()
    home.generate.click()

    expect(home.player).to_be_visible()
    video = home.video()
    assert (video["duration_seconds"], video["shots"]) == (
        10,
        [
            {"prompt": "A paper boat is folded", "duration_seconds": 7},
            {"prompt": "It drifts down the street", "duration_seconds": 3},
        ],
    )
    assert sent_body(kling, video)["settings"]["multi_shot"] is True


def test_shots_are_added_and_removed_by_keyboard(home: HomePage) -> None:
    home.open()
    home.model.select_option("kling-3.0")
    switch(home, "Shots").press("Space")
    expect(home.button("Remove shot 1")).to_be_disabled()

    home.button("Add shot").press("Enter")
    expect(home.page.get_by_role("textbox", name="Prompt of shot 3")).to_be_focused()
    home.page.get_by_role("textbox", name="Prompt of shot 3").fill("The end")
    home.button("Remove shot 1").press("Enter")

    expect(home.page.get_by_role("textbox", name="Prompt of shot 2")).to_have_value("The end")
    expect(home.page.get_by_role("textbox", name="Prompt of shot 3")).to_have_count(0)
    expect(home.form.get_by_text("5 s of 5 s · up to 6 shots")).to_be_visible()


def test_refused_option_is_marked_where_it_is(home: HomePage, expect_console: Callable[[str], None]) -> None:
    expect_console("status of 422")
    errors = [{"pointer": "/shots/1/prompt", "detail": "It must contain visible text."}]
    problem = {"status": 422, "code": "invalid", "detail": "The request is invalid.", "errors": errors}
    home_page.intercept_create(home.page, lambda route: route.fulfill(status=422, json=problem))
    home.open()
    home.model.select_option("kling-3.0")
    switch(home, "Shots").check()
    for n in (1, 2):
        home.page.get_by_role("textbox", name=f"Prompt of shot {n}").fill("A boat")

    home.generate.click()

    expect(home.page.get_by_role("alert").get_by_text("Shot 2: It must contain visible text.")).to_be_visible()
    expect(home.page.get_by_role("textbox", name="Prompt of shot 2")).to_be_focused()
