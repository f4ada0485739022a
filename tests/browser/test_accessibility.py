"""Every state of every view passes axe-core, on a light desktop and on a dark phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page, home_page
from tests.browser.chromium import DARK, PHONE, REDUCED_MOTION, ContextOptions
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

# Every state in both color schemes, wide and narrow, with a mouse and by touch.
CONTEXTS: dict[str, ContextOptions] = {"light": REDUCED_MOTION, "dark phone": {**REDUCED_MOTION, **DARK, **PHONE}}


@pytest.fixture(params=CONTEXTS)
def page(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    return new_page(CONTEXTS[request.param])


def test_sign_in_view_is_accessible(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name="Try the demo")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_role("heading", name="Reset password")).to_be_visible()
    assert_accessible(page)


def test_generator_view_is_accessible_in_every_state(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    picture: bytes,
    set_finish_seconds: Callable[[float], None],
    fail_next_video: Callable[[], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Templates").click()
    assert_accessible(page)
    page.get_by_role("button", name=re.compile("^Ocean swell")).click()
    assert_accessible(page)
    page.keyboard.press("Escape")

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose image").click()
    chooser.value.set_files({"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": picture})
    page.get_by_role("button", name="Crop").click()
    expect(page.get_by_role("heading", name="Crop image")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()

    set_finish_seconds(600)
    home_page.generate(page, "A paper boat")
    expect(page.get_by_role("article", name="generating")).to_be_visible()
    assert_accessible(page)
    set_finish_seconds(0)
    expect(page.get_by_role("button", name="Create Another")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)

    fail_next_video()
    home_page.generate(page, "A paper ship")
    expect(page.get_by_role("button", name="Edit and retry")).to_be_visible()
    expect(page.get_by_role("article", name=", failed")).to_be_visible()
    assert_accessible(page)


def test_history_and_share_page_are_accessible(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    new_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
) -> None:
    user = sign_in(page)
    finished_video(user, prompt="A paper boat")
    page.goto("/")

    page.get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("group", name="Status").get_by_role("button", name="Failed").click()
    expect(page.get_by_role("heading", name="No matching videos")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Clear filters").click()
    home_page.keep_toasts(page)
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Undo").click()
    page.goto(link)
    expect(page.locator("video")).to_be_visible()
    assert_accessible(page)


def test_community_views_are_accessible(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    id = community_page.new_id()
    page.goto("/#/communities")
    expect(page.get_by_role("heading", name="No communities yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Create your first community").click()
    page.get_by_role("button", name="Create community").click()
    expect(page.get_by_text("Enter a name.")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("Name", exact=True).fill("Friends")
    page.get_by_label("Address").fill(id)
    page.get_by_role("button", name="Create community").click()
    expect(page.get_by_role("region", name="Introduce Friends")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert_accessible(page)
    page.goto("/#/communities")
    expect(page.get_by_role("link", name="Friends")).to_be_visible()
    assert_accessible(page)


def test_creation_dialog_is_accessible_in_every_state(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    set_finish_seconds: Callable[[float], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    user = sign_in(page)
    dialog = community_page.open_dialog(page, community_page.create_community(user))
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    dialog.get_by_text("Model and settings").click()
    assert_accessible(page)

    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_text("Describe what happens in the video.")).to_be_visible()
    assert_accessible(page)

    set_finish_seconds(600)
    dialog.get_by_role("textbox", name="Prompt", exact=True).fill("A paper boat")
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    assert_accessible(page)
    set_finish_seconds(0)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)


def test_embedding_examples_are_accessible(
    page: Page, sign_in: Callable[..., SignedInUser], assert_accessible: Callable[[Page], None]
) -> None:
    user = sign_in(page)
    community_page.create_community(user)

    page.goto("/static/embed.html")

    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)
