"""Communities and their videos, created through the API, and the dialog that creates videos."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser.signed_in import SignedInUser

SOPHIA = {
    "name": "Sophia's friends",
    "agent_name": "Sophia",
    "agent_instructions": "You help people with their taxes, and you are never in a hurry.",
    "token_name": "Sophia Coin",
    "token_symbol": "SOPH",
}


def new_id() -> str:
    """Return an unused community id. Ids are global, and each test needs its own."""
    return f"friends-{uuid4().hex[:10]}"


def create_community(user: SignedInUser, **fields: Any) -> str:
    """Create a community with everything that a video needs, but no avatar, and return its id."""
    id = new_id()
    user.put_community(id, **{**SOPHIA, **fields})
    return id


def list_videos(user: SignedInUser, id: str) -> list[dict[str, Any]]:
    """Return the community's videos from the API, newest first."""
    videos: list[dict[str, Any]] = user.send("GET", f"/v1/communities/{id}/videos").json()["videos"]
    return videos


def open_dialog(page: Page, id: str) -> Locator:
    """Open the community's page and its dialog that creates a video; return the dialog."""
    page.goto(f"/#/communities/{id}")
    page.get_by_role("button", name="Create Video").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Create video")).to_be_visible()
    return dialog


def submit(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Create video").click()
