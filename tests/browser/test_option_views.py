"""Options in every view: accessible, on a narrow phone, and in the details of a video."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import home_page
from tests.browser.chromium import DARK, PHONE, REDUCED_MOTION, ContextOptions
from tests.browser.home_page import PROMPT, HomePage
from tests.browser.options_form import choose_end_frame, switch
from tests.browser.signed_in import SignedInUser


@pytest.mark.parametrize("options", [REDUCED_MOTION, {**REDUCED_MOTION, **DARK, **PHONE}], ids=["light", "dark phone"])
def test_options_are_accessible(
    options: ContextOptions,
    new_page: Callable[..., Page],
    sign_in: Callable[..., SignedInUser],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = new_page(options)
    home = HomePage(page=page, user=sign_in(page))
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("kling-3.0")
    choose_end_frame(home, home_page.image_file(700, 700))
    switch(home, "Sound").check()
    switch(home, "Shots").check()
    assert_accessible(page)

    home.model.select_option("higgsfield-dop-standard")
    page.get_by_text("More options").click()
    home.button("Add motion").click()
    assert_accessible(page)

    home.model.select_option("kling-2.6")
    expect(home.form.get_by_text("Not used. Several shots", exact=False)).to_have_count(0)
    assert_accessible(page)


def test_options_fit_a_narrow_phone(new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]) -> None:
    page = new_page({**PHONE, "viewport": {"width": 320, "height": 640}})
    home = HomePage(page=page, user=sign_in(page))
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("kling-3.0")
    choose_end_frame(home, home_page.image_file(700, 700))
    switch(home, "Shots").check()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_details_show_the_options_and_how_the_video_was_made(home: HomePage) -> None:
    source = home.user.upload(home_page.image_file()["buffer"])
    shots = [{"prompt": "A boat", "duration_seconds": 2}, {"prompt": "A street", "duration_seconds": 3}]
    created = home.user.create_video(prompt=PROMPT, model="kling-3.0", source_image=source, shots=shots, sound=True)
    video = home.user.follow(created.json()["id"])
    home.open()

    home.titles.get_by_role("button").first.click()

    dialog = home.page.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="Shots")).to_have_text("1. A boat (2 s)\n2. A street (3 s)")
    expect(dialog.get_by_role("definition").get_by_text("On", exact=True)).to_be_visible()
    expect(dialog.get_by_text(video["provider_task_id"], exact=True)).to_be_visible()
    link = dialog.get_by_role("link", name="Uploaded image")
    dialog.get_by_text("Metadata", exact=True).click()
    shown = json.loads(dialog.get_by_role("group", name="Generation metadata").text_content() or "")
    assert shown["options"]["sound"] is True
    assert home.page.request.get(link.get_attribute("href") or "").ok
