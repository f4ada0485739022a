"""The page without a mouse: every way through it, and where the focus is after each step."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from local.aws import users as identity
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import a11y_probes as senses
from tests.browser import community_page as bots
from tests.browser.signed_in import Visitor

MOST_TABS = 40


@pytest.fixture
def visitor(page: Page, sign_in: Callable[..., Visitor]) -> Visitor:
    return sign_in(page)


@pytest.fixture
def three_videos(visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> list[dict[str, Any]]:
    """Newest first, as the grid shows them."""
    asked = [visitor.ask(prompt=f"The {number} paper boat").json()["id"] for number in ("third", "second", "first")]
    return [visitor.follow(id) for id in reversed(asked)]


def has_focus(it: Locator) -> bool:
    return bool(it.evaluate("node => node.getRootNode().activeElement === node"))


def tab_to(page: Page, it: Locator, *, key: str = "Tab") -> None:
    """As often as it takes; it must lie on the way."""
    expect(it).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if has_focus(it):
            return
    pytest.fail(f"{MOST_TABS} tabs do not lead to {it}")


def card(page: Page, number: str) -> Locator:
    return page.get_by_role("article", name=f"The {number} paper boat")


def test_signing_in_needs_no_mouse(page: Page, stack: Stack) -> None:
    email = f"{uuid4().hex}@example.com"
    stack.identity.add_user(email)
    page.goto("/")

    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(identity.PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, visitor: Visitor) -> None:
    page.goto("/")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(page.get_by_role("button", name="Choose an image")).to_be_visible()

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Choose an image")).to_be_focused()
    expect(page).to_have_url(re.compile("/$"))


def test_a_video_is_made_of_a_template_and_its_card_reached(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
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
    expect(page.get_by_role("button", name="Make another")).to_be_visible()

    tab_to(page, page.get_by_role("article"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("video")).to_be_visible()


def test_the_grid_is_walked_by_arrows_home_and_end(
    page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]
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
    tab_to(page, card(page, "third"))  # where one was, and not the first again


def test_in_one_column_down_and_up_lead_on(page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    card(page, "first").focus()

    page.keyboard.press("ArrowDown")
    expect(card(page, "second")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(card(page, "first")).to_be_focused()


def test_enter_opens_a_video_and_escape_leads_back_to_its_card(
    page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    card(page, "second").focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="The second paper boat")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert senses.is_focus_in_dialog(page)
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, "second")).to_be_focused()


def test_delete_deletes_and_undo_brings_it_back(
    page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    card(page, "second").focus()

    page.keyboard.press("Delete")
    expect(card(page, "second")).to_have_count(0)
    expect(card(page, "third")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")

    expect(card(page, "second")).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_cards_own_buttons_are_reached_by_tab_and_left_by_escape(
    page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]
) -> None:
    page.goto("/")
    share = card(page, "first").get_by_role("button", name=re.compile("^Share: "))
    card(page, "first").focus()

    tab_to(page, share)
    page.keyboard.press("Escape")

    expect(card(page, "first")).to_be_focused()


def test_a_search_is_left_by_escape(page: Page, visitor: Visitor, three_videos: list[dict[str, Any]]) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(3)

    page.keyboard.press("/")
    page.keyboard.type("second")
    expect(page.get_by_role("article")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_slash_in_a_text_is_a_slash(page: Page, visitor: Visitor) -> None:
    page.goto("/")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.focus()

    page.keyboard.type("1/2")

    expect(prompt).to_have_value("1/2")


def test_tabs_are_changed_by_arrows(page: Page, visitor: Visitor) -> None:
    page.goto(f"/#/communities/{bots.founded(visitor)}")
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


def test_the_creation_dialog_keeps_the_focus_and_gives_it_back(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    page.goto(f"/#/communities/{bots.founded(visitor)}")
    opener = page.get_by_role("button", name="Create Video")
    dialog = page.get_by_role("dialog")

    tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="Promo")).to_be_checked()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert senses.is_focus_in_dialog(page)
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    tab_to(page, dialog.get_by_role("button", name="Create video"))
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    assert senses.is_focus_in_dialog(page)
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
