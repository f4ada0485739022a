"""Keyboard use: every task without a mouse, and the focus after each step."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from local.aws import users
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import a11y_probes, community_page, home_page
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

MAX_TABS = 40


@pytest.fixture
def three_videos(user: SignedInUser) -> list[dict[str, Any]]:
    """Three finished videos, newest first, as the grid shows them."""
    videos = [finished_video(user, prompt=f"The {number} paper boat") for number in ("third", "second", "first")]
    return videos[::-1]


def has_focus(it: Locator) -> bool:
    return bool(it.evaluate("node => node.getRootNode().activeElement === node"))


def tab_to(page: Page, it: Locator, *, key: str = "Tab") -> None:
    """Press `key` until the element has the focus."""
    expect(it).to_be_visible()
    for _ in range(MAX_TABS):
        page.keyboard.press(key)
        if has_focus(it):
            return
    pytest.fail(f"{MAX_TABS} tabs do not reach {it}")


def card(page: Page, number: str) -> Locator:
    return page.get_by_role("article", name=f"The {number} paper boat")


def test_sign_in_and_sign_out_by_keyboard(page: Page, stack: Stack) -> None:
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    page.goto("/")

    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(users.PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_first_tab_stop_skips_to_the_content(page: Page, user: SignedInUser) -> None:
    page.goto("/")
    skip = page.get_by_role("link", name="Skip to content")
    expect(page.get_by_role("button", name="Choose image")).to_be_visible()

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Choose image")).to_be_focused()
    expect(page).to_have_url(re.compile("/$"))


def test_template_video_and_its_card_by_keyboard(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    page.goto("/")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)

    tab_to(page, page.get_by_role("button", name="Templates"))
    page.keyboard.press("Enter")
    templates = page.get_by_role("dialog", name="Templates")
    tab_to(page, templates.get_by_role("button", name=re.compile("^Ocean swell")))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Use this template"))
    page.keyboard.press("Enter")
    expect(prompt).to_be_focused()
    expect(prompt).to_have_value(re.compile("ocean", re.IGNORECASE))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Create Another")).to_be_visible()

    tab_to(page, page.get_by_role("article"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("video")).to_be_visible()


def test_arrow_home_and_end_keys_move_through_the_grid(
    page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(3)
    page.get_by_role("heading", name="Video Generator").click()

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    tab_to(page, card(page, "first"))
    for key, number in {"ArrowRight": "second", "End": "third", "ArrowLeft": "second", "Home": "first"}.items():
        page.keyboard.press(key)
        expect(card(page, number)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(card(page, "first")).to_be_focused()

    page.keyboard.press("End")
    page.keyboard.press("Shift+Tab")
    tab_to(page, card(page, "third"))  # the last focused card, not the first


def test_up_and_down_keys_move_through_a_single_column(
    page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    card(page, "first").focus()

    page.keyboard.press("ArrowDown")
    expect(card(page, "second")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(card(page, "first")).to_be_focused()


def test_enter_opens_the_details_and_escape_returns_to_the_card(
    page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    card(page, "second").focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="The second paper boat")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert a11y_probes.is_focus_in_dialog(page)
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, "second")).to_be_focused()


def test_delete_key_and_undo(page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]) -> None:
    page.goto("/")
    home_page.keep_toasts(page)
    card(page, "second").focus()

    page.keyboard.press("Delete")
    expect(card(page, "second")).to_have_count(0)
    expect(card(page, "third")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")

    expect(card(page, "second")).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_tab_enters_the_cards_buttons_and_escape_leaves_them(
    page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    share = card(page, "first").get_by_role("button", name=re.compile("^Share: "))
    card(page, "first").focus()

    tab_to(page, share)
    page.keyboard.press("Escape")

    expect(card(page, "first")).to_be_focused()


def test_escape_clears_the_search(page: Page, user: SignedInUser, three_videos: list[dict[str, Any]]) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(3)

    page.keyboard.press("/")
    page.keyboard.type("second")
    expect(page.get_by_role("article")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_slash_typed_in_a_text_field_stays_there(page: Page, user: SignedInUser) -> None:
    page.goto("/")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.focus()

    page.keyboard.type("1/2")

    expect(prompt).to_have_value("1/2")


def test_arrow_keys_switch_tabs(page: Page, user: SignedInUser) -> None:
    page.goto(f"/#/communities/{community_page.create_community(user)}")
    videos, settings = (page.get_by_role("tab", name=name) for name in ("Videos", "Settings"))

    tab_to(page, videos)
    page.keyboard.press("ArrowRight")
    expect(settings).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Settings")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(videos).to_be_focused()
    page.keyboard.press("End")
    expect(settings).to_be_focused()
    page.keyboard.press("Home")

    expect(page.get_by_role("tabpanel", name="Videos")).to_be_visible()
    expect(settings).to_have_attribute("tabindex", "-1")


def test_creation_dialog_traps_the_focus_and_returns_it(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    page.goto(f"/#/communities/{community_page.create_community(user)}")
    opener = page.get_by_role("button", name="Create Video")
    dialog = page.get_by_role("dialog")

    tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="Promo")).to_be_checked()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert a11y_probes.is_focus_in_dialog(page)
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    tab_to(page, dialog.get_by_role("button", name="Create video"))
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    assert a11y_probes.is_focus_in_dialog(page)
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
