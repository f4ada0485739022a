"""What the page says about a video's origin: "AI-generated", and its content credential."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page
from tests.browser.home_page import HomePage
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

PROMPT = "A kite rises over the dunes"


def open_details(home: HomePage) -> Locator:
    home.open()
    home.titles.get_by_role("button").first.click()
    return home.page.get_by_role("dialog")


def test_details_show_who_signed_the_file_and_how_it_was_made(
    home: HomePage, assert_accessible: Callable[[Page], None]
) -> None:
    home.user.follow(home.user.create_video(prompt=PROMPT, model="kling-2.6").json()["id"])
    dialog = open_details(home)
    expect(dialog.get_by_text("AI-generated")).to_be_visible()
    expect(dialog.get_by_text("Credential valid")).to_be_visible()

    dialog.get_by_text("Content credential", exact=True).click()

    for text in ("Keepreel (test certificate", "Created by an AI model", "Keepreel 0."):
        expect(dialog.get_by_role("definition").get_by_text(text)).to_be_visible()
    expect(dialog.locator("content-credentials")).not_to_contain_text(PROMPT)
    assert_accessible(home.page)


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (None, "Credential not checked"),
        ("absent", "No credential"),
        ("untrusted", "Unknown issuer"),
        ("tampered", "Changed after signing"),
    ],
)
def test_details_say_what_the_state_of_a_credential_means(
    state: str | None, label: str, home: HomePage, assert_accessible: Callable[[Page], None]
) -> None:
    finished_video(home.user, prompt=PROMPT, content_credentials=state)

    dialog = open_details(home)

    expect(dialog.get_by_text(label)).to_be_visible()
    expect(dialog.get_by_text("Content credential", exact=True)).to_have_count(int(state not in (None, "absent")))
    assert_accessible(home.page)


def test_credential_that_could_not_be_loaded_is_loaded_by_opening_it_again(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    finished_video(home.user, prompt=PROMPT, content_credentials="tampered")
    dialog = open_details(home)
    summary = dialog.get_by_text("Content credential", exact=True)
    answers: list[dict[str, Any]] = [{"status": 500, "body": "{}"}]
    expect_console("/credentials")
    home.page.route("**/credentials", lambda route: route.fulfill(**answers.pop()) if answers else route.continue_())

    summary.click()
    expect(dialog.locator("content-credentials .error")).not_to_be_empty()
    summary.click()
    summary.click()

    expect(dialog.get_by_text("The credential has no content that can be read.")).to_be_visible()


def test_cards_and_the_player_of_a_gallery_say_ai_generated(
    page: Page, user: SignedInUser, kling: KlingSimulator
) -> None:
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")

    page.goto(f"/#/communities/{id}")

    expect(page.get_by_role("article").get_by_text("AI-generated", exact=True)).to_be_visible()
