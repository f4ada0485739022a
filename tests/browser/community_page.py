"""A visitor's communities, and their videos, as tests of the page need them."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser.signed_in import Visitor

SOPHIA = {
    "name": "Sophia's friends",
    "agent_name": "Sophia",
    "agent_instructions": "You help people with their taxes, and you are never in a hurry.",
    "token_name": "Sophia Coin",
    "token_symbol": "SOPH",
}


def new_id() -> str:
    """Of a community that nobody has: ids are everybody's."""
    return f"friends-{uuid4().hex[:10]}"


def founded(visitor: Visitor, **fields: Any) -> str:
    """The id of a community of this visitor; by default one with all that a video can be built from, but no avatar."""
    id = new_id()
    visitor.found(id, **{**SOPHIA, **fields})
    return id


def videos_of(visitor: Visitor, id: str) -> list[dict[str, Any]]:
    """As the API lists them: newest first."""
    listed: list[dict[str, Any]] = visitor.send("GET", f"/v1/communities/{id}/videos").json()["videos"]
    return listed


def made(visitor: Visitor, id: str, **fields: Any) -> dict[str, Any]:
    """A finished video of the community, asked for without the page."""
    videos = f"/v1/communities/{id}/videos"
    asked = visitor.ask_for(videos, **fields)
    assert asked.ok, asked.text
    return visitor.follow(asked.json()["id"], videos=videos)


def open_dialog(page: Page, id: str) -> Locator:
    """The dialog in which a video of the community is made, from the community's page."""
    page.goto(f"/#/communities/{id}")
    page.get_by_role("button", name="Create Video").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Create a video")).to_be_visible()
    return dialog
