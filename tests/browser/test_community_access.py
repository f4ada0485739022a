"""The list of communities, and addresses of missing communities or those of other users."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import community_page
from tests.browser.signed_in import SignedInUser


def test_community_of_another_user_is_not_found(
    page: Page,
    new_page: Callable[..., Page],
    user: SignedInUser,
    sign_in: Callable[..., SignedInUser],
    expect_console: Callable[[str], None],
) -> None:
    other_id = community_page.create_community(sign_in(new_page()), name="A secret society")
    expect_console("status of 404")

    page.goto(f"/#/communities/{other_id}")

    expect(page.get_by_role("alert")).to_have_text("There is no such community.")
    page.get_by_role("main").get_by_role("link", name="Communities").click()
    expect(page.get_by_role("heading", name="No communities yet")).to_be_visible()
    expect(page.get_by_text("A secret society")).to_have_count(0)


@pytest.mark.parametrize("id", [".", ".."])
def test_dot_segment_ids_are_not_found_without_a_request(id: str, page: Page, user: SignedInUser) -> None:
    requested: list[str] = []
    page.on("request", lambda it: requested.append(it.url))

    page.goto(f"/#/communities/{id}")

    expect(page.get_by_role("alert")).to_have_text("There is no such community.")
    assert [it for it in requested if "/v1/" in it] == []


def test_unknown_section_shows_the_videos(page: Page, user: SignedInUser) -> None:
    id = community_page.create_community(user)

    page.goto(f"/#/communities/{id}/constructor")

    expect(page.get_by_role("tab", name="Videos")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Videos")).to_be_visible()


def test_list_shows_agent_and_token_of_each_community(page: Page, user: SignedInUser) -> None:
    community_page.create_community(user, name="First", agent_name=None, token_name=None, token_symbol=None)
    second = community_page.create_community(user, name="<b>Second</b>")

    page.goto("/#/communities")

    expect(page.get_by_role("list", name="Communities").get_by_role("link")).to_have_count(2)
    page.get_by_role("link", name="<b>Second</b>").click()
    expect(page).to_have_url(re.compile(f"#/communities/{second}$"))
    expect(page.get_by_role("heading", name="<b>Second</b>")).to_be_visible()
    expect(page.get_by_text("Sophia · Sophia Coin (SOPH)")).to_be_visible()
