"""The community form: create, edit, avatar, offers and validation."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page, home_page
from tests.browser.signed_in import SignedInUser


@pytest.fixture
def portrait(picture: bytes) -> FilePayload:
    return {"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": picture}


def community(user: SignedInUser, id: str) -> dict[str, Any]:
    found: dict[str, Any] = user.send("GET", f"/v1/communities/{id}").json()
    return found


def editable(found: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that the form edits."""
    return {name: found[name] for name in ("avatar", *community_page.SOPHIA)}


def choose_avatar(page: Page, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose image").click()
    chooser.value.set_files(file)
    expect(page.get_by_role("img", name="Selected image")).to_be_visible()


def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def test_avatar_must_meet_the_limits_of_every_model(page: Page, user: SignedInUser) -> None:
    page.goto("/#/communities")
    page.get_by_role("link", name="Create your first community").click()

    choose_avatar(page, home_page.image_file(299, 640))

    expect(page.get_by_text("Cropped to 1:1, each side must have at least 300 pixels.")).to_be_visible()


def test_form_creates_a_community_and_offers_its_intro(
    page: Page, user: SignedInUser, portrait: FilePayload, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    suffix = uuid4().hex[:8]
    id = f"zoe-sohne-{suffix}"

    page.goto("/#/communities")
    page.get_by_role("link", name="Create your first community").click()
    fill(page, Name=f"Zoé & Söhne! {suffix}", Agent_name="Zoé", Agent_instructions="You sell flowers.")
    expect(page.get_by_label("Address")).to_have_value(id)
    choose_avatar(page, portrait)
    page.get_by_role("button", name="Create community").click()

    expect(page.get_by_role("heading", name=f"Zoé & Söhne! {suffix}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"#/communities/{id}$"))
    saved = community(user, id)
    assert saved["avatar"] is not None
    assert editable(saved) == {
        "name": f"Zoé & Söhne! {suffix}",
        "agent_name": "Zoé",
        "agent_instructions": "You sell flowers.",
        "avatar": saved["avatar"],
        "token_name": None,
        "token_symbol": None,
    }

    offer = page.get_by_role("region", name="Introduce Zoé")
    offer.get_by_role("button", name="Create Video", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_checked()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()

    (video,) = community_page.list_videos(user, id)
    assert (video["type"], video["status"]) == ("intro", "completed")
    expect(page.get_by_role("article")).to_have_count(1)


def test_declined_offer_does_not_return(page: Page, user: SignedInUser) -> None:
    page.goto("/#/communities/new")
    id = community_page.new_id()
    fill(page, Name="Friends", Address=id)
    page.get_by_role("button", name="Create community").click()

    page.get_by_role("region", name="Introduce Friends").get_by_role("button", name="Not now").click()

    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name="Communities").click()
    page.get_by_role("list", name="Communities").get_by_role("link").click()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)


def test_edited_address_stops_following_the_name(page: Page, user: SignedInUser) -> None:
    page.goto("/#/communities/new")
    address = page.get_by_label("Address")

    fill(page, Name="First")
    expect(address).to_have_value("first")
    address.fill("mine")
    fill(page, Name="Second")
    expect(address).to_have_value("mine")
    address.fill("")
    fill(page, Name="月の友")

    expect(address).to_have_value(re.compile("^community-[0-9a-f]{6}$"))


def test_update_keeps_the_avatar_and_a_first_token_offers_its_reveal(
    page: Page, user: SignedInUser, picture: bytes
) -> None:
    avatar = user.upload(picture)
    id = community_page.create_community(user, avatar=avatar, token_name=None, token_symbol=None)
    avatar = community(user, id)["avatar"]

    page.goto(f"/#/communities/{id}")
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("img", name="Selected image")).to_be_visible()
    fill(page, Name="Friends of Sophia", Token_name="Sophia Coin", Token_symbol="SOPH")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Friends of Sophia")).to_be_visible()
    assert editable(community(user, id)) == {**community_page.SOPHIA, "name": "Friends of Sophia", "avatar": avatar}
    page.get_by_role("tab", name="Videos").click()
    expect(page.get_by_role("region", name="Your token is live. Create a reveal video?")).to_be_visible()


def test_avatar_can_be_replaced_and_removed(
    page: Page, user: SignedInUser, picture: bytes, portrait: FilePayload
) -> None:
    id = community_page.create_community(user, avatar=user.upload(picture))
    first = community(user, id)["avatar"]

    page.goto(f"/#/communities/{id}/settings")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Replace").click()
    chooser.value.set_files(portrait)
    expect(page.get_by_role("button", name="Crop")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Current avatar")).to_be_visible()
    second = community(user, id)["avatar"]
    page.get_by_role("button", name="Remove").click()
    with page.expect_response(lambda it: it.request.method == "PUT"):
        page.get_by_role("button", name="Save").click()

    assert len({first, second, None}) == 3
    assert community(user, id)["avatar"] is None


def test_validation_errors_appear_at_their_fields_and_focus_the_first(
    page: Page, user: SignedInUser, expect_console: Callable[[str], None]
) -> None:
    page.goto("/#/communities/new")
    name, address = page.get_by_label("Name", exact=True), page.get_by_label("Address")
    symbol = page.get_by_label("Token symbol")
    button = page.get_by_role("button", name="Create community")

    button.click()
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Enter a name.")
    fill(page, Name="Friends", Address="-friends", Token_symbol="S\u202eOPH")
    button.click()
    expect(address).to_be_focused()
    expect(address).to_have_accessible_description(re.compile("Start with a letter or a digit"))
    address.fill(community_page.new_id())
    expect_console("status of 400")
    button.click()

    expect(symbol).to_be_focused()
    expect(symbol).to_have_attribute("aria-invalid", "true")
    expect(symbol).to_have_accessible_description(re.compile(r"Up to 16 characters .+"))
    assert user.send("GET", "/v1/communities").json()["communities"] == []


def test_taken_address_is_rejected_at_its_field(
    page: Page,
    new_page: Callable[..., Page],
    user: SignedInUser,
    sign_in: Callable[..., SignedInUser],
    expect_console: Callable[[str], None],
) -> None:
    own_id = community_page.create_community(user)
    other_id = community_page.create_community(sign_in(new_page()))
    before = community(user, own_id)
    page.goto("/#/communities/new")
    address = page.get_by_label("Address")

    fill(page, Name="Friends", Address=own_id)
    page.get_by_role("button", name="Create community").click()
    expect(address).to_have_accessible_description(re.compile("You already have a community at this address"))
    address.fill(other_id)
    expect_console("status of 404")
    page.get_by_role("button", name="Create community").click()

    expect(address).to_have_accessible_description(re.compile("This id is not available. Choose another one."))
    expect(address).to_be_focused()
    assert community(user, own_id) == before


def test_image_without_a_media_type_is_accepted_by_its_content(
    page: Page, user: SignedInUser, portrait: FilePayload
) -> None:
    page.goto("/#/communities/new")
    gif = home_page.image_file(format="GIF")["buffer"]

    for rejected in (gif, b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'/>"):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose image").click()
        chooser.value.set_files({"name": "portrait", "mimeType": "", "buffer": rejected})
        expect(page.get_by_text("This file type is not supported.")).to_be_visible()
    choose_avatar(page, {**portrait, "name": "portrait", "mimeType": ""})

    expect(page.get_by_text("This file type is not supported.")).to_have_count(0)
