"""A person's communities: making one, its introduction, changing it, and what belongs to somebody else."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page as bots
from tests.browser import home_page as making
from tests.browser.signed_in import Visitor


@pytest.fixture
def visitor(page: Page, sign_in: Callable[..., Visitor]) -> Visitor:
    return sign_in(page)


@pytest.fixture
def portrait(picture: bytes) -> FilePayload:
    return {"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": picture}


def community(visitor: Visitor, id: str) -> dict[str, Any]:
    found: dict[str, Any] = visitor.send("GET", f"/v1/communities/{id}").json()
    return found


def said(found: dict[str, Any]) -> dict[str, Any]:
    """What its person has said about it."""
    return {name: found[name] for name in ("avatar", *bots.SOPHIA)}


def choose_avatar(page: Page, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose an image").click()
    chooser.value.set_files(file)
    expect(page.get_by_role("img", name="The chosen image")).to_be_visible()


def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def test_a_community_is_made_by_the_form_and_its_introduction_from_there(
    page: Page, visitor: Visitor, portrait: FilePayload, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    chance = uuid4().hex[:8]
    id = f"zoe-sohne-{chance}"

    page.goto("/#/communities")
    page.get_by_role("link", name="Make your first community").click()
    fill(page, Name=f"Zoé & Söhne! {chance}", Agent_name="Zoé", Agent_instructions="You sell flowers.")
    expect(page.get_by_label("Address")).to_have_value(id)
    choose_avatar(page, portrait)
    page.get_by_role("button", name="Make the community").click()

    expect(page.get_by_role("heading", name=f"Zoé & Söhne! {chance}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"#/communities/{id}$"))
    kept = community(visitor, id)
    assert kept["avatar"] is not None
    assert said(kept) == {
        "name": f"Zoé & Söhne! {chance}",
        "agent_name": "Zoé",
        "agent_instructions": "You sell flowers.",
        "avatar": kept["avatar"],
        "token_name": None,
        "token_symbol": None,
    }

    offer = page.get_by_role("region", name="Introduce Zoé")
    offer.get_by_role("button", name="Create video", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_checked()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()

    (video,) = bots.videos_of(visitor, id)
    assert (video["type"], video["status"]) == ("intro", "completed")
    expect(page.get_by_role("article")).to_have_count(1)


def test_an_offer_that_is_declined_is_gone(page: Page, visitor: Visitor) -> None:
    page.goto("/#/communities/new")
    id = bots.new_id()
    fill(page, Name="Friends", Address=id)
    page.get_by_role("button", name="Make the community").click()

    page.get_by_role("region", name="Introduce Friends").get_by_role("button", name="Not now").click()

    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name="Communities").click()
    page.get_by_role("list", name="Communities").get_by_role("link").click()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("region", name="Introduce Friends")).to_have_count(0)


def test_an_address_that_was_written_by_hand_no_longer_follows_the_name(page: Page, visitor: Visitor) -> None:
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


def test_changing_a_community_keeps_its_avatar_and_a_first_token_offers_its_reveal(
    page: Page, visitor: Visitor, picture: bytes
) -> None:
    avatar = visitor.upload(picture)
    id = bots.founded(visitor, avatar=avatar, token_name=None, token_symbol=None)
    avatar = community(visitor, id)["avatar"]

    page.goto(f"/#/communities/{id}")
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("img", name="The chosen image")).to_be_visible()
    fill(page, Name="Friends of Sophia", Token_name="Sophia Coin", Token_symbol="SOPH")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Friends of Sophia")).to_be_visible()
    assert said(community(visitor, id)) == {**bots.SOPHIA, "name": "Friends of Sophia", "avatar": avatar}
    page.get_by_role("tab", name="Videos").click()
    expect(page.get_by_role("region", name="Your token is out. Make a reveal video?")).to_be_visible()


def test_an_avatar_can_be_replaced_and_taken_away(
    page: Page, visitor: Visitor, picture: bytes, portrait: FilePayload
) -> None:
    id = bots.founded(visitor, avatar=visitor.upload(picture))
    first = community(visitor, id)["avatar"]

    page.goto(f"/#/communities/{id}/settings")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Replace").click()
    chooser.value.set_files(portrait)
    expect(page.get_by_role("button", name="Crop")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The avatar as it is.")).to_be_visible()
    second = community(visitor, id)["avatar"]
    page.get_by_role("button", name="Remove").click()
    with page.expect_response(lambda it: it.request.method == "PUT"):
        page.get_by_role("button", name="Save").click()

    assert len({first, second, None}) == 3
    assert community(visitor, id)["avatar"] is None


def test_what_is_wrong_is_said_beside_the_field_and_the_first_of_them_has_the_focus(
    page: Page, visitor: Visitor, expect_console: Callable[[str], None]
) -> None:
    page.goto("/#/communities/new")
    name, address = page.get_by_label("Name", exact=True), page.get_by_label("Address")
    symbol = page.get_by_label("Token symbol")
    button = page.get_by_role("button", name="Make the community")

    button.click()
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Every community has a name.")
    fill(page, Name="Friends", Address="-friends", Token_symbol="S\u202eOPH")
    button.click()
    expect(address).to_be_focused()
    expect(address).to_have_accessible_description(re.compile("with a letter or a digit first"))
    address.fill(bots.new_id())
    expect_console("status of 400")
    button.click()

    expect(symbol).to_be_focused()
    expect(symbol).to_have_attribute("aria-invalid", "true")
    expect(symbol).to_have_accessible_description(re.compile(r"up to 16 characters .+"))
    assert visitor.send("GET", "/v1/communities").json()["communities"] == []


def test_an_address_that_is_taken_is_refused_beside_it_whoever_has_it(
    page: Page,
    new_page: Callable[..., Page],
    visitor: Visitor,
    sign_in: Callable[..., Visitor],
    expect_console: Callable[[str], None],
) -> None:
    own = bots.founded(visitor)
    others = bots.founded(sign_in(new_page()))
    before = community(visitor, own)
    page.goto("/#/communities/new")
    address = page.get_by_label("Address")

    fill(page, Name="Friends", Address=own)
    page.get_by_role("button", name="Make the community").click()
    expect(address).to_have_accessible_description(re.compile("You have a community at this address"))
    address.fill(others)
    expect_console("status of 404")
    page.get_by_role("button", name="Make the community").click()

    expect(address).to_have_accessible_description(re.compile("This id cannot be used; choose another one"))
    expect(address).to_be_focused()
    assert community(visitor, own) == before


def test_another_persons_community_is_not_there(
    page: Page,
    new_page: Callable[..., Page],
    visitor: Visitor,
    sign_in: Callable[..., Visitor],
    expect_console: Callable[[str], None],
) -> None:
    others = bots.founded(sign_in(new_page()), name="A secret society")
    expect_console("status of 404")

    page.goto(f"/#/communities/{others}")

    expect(page.get_by_role("alert")).to_have_text("There is no such community.")
    page.get_by_role("main").get_by_role("link", name="Communities").click()
    expect(page.get_by_role("heading", name="No community yet")).to_be_visible()
    expect(page.get_by_text("A secret society")).to_have_count(0)


@pytest.mark.parametrize("id", [".", ".."])
def test_an_address_that_a_browser_would_resolve_is_no_community_and_nothing_is_asked_for(
    id: str, page: Page, visitor: Visitor
) -> None:
    asked: list[str] = []
    page.on("request", lambda it: asked.append(it.url))

    page.goto(f"/#/communities/{id}")

    expect(page.get_by_role("alert")).to_have_text("There is no such community.")
    assert [it for it in asked if "/v1/" in it] == []


def test_a_section_that_there_is_not_shows_the_videos(page: Page, visitor: Visitor) -> None:
    id = bots.founded(visitor)

    page.goto(f"/#/communities/{id}/constructor")

    expect(page.get_by_role("tab", name="Videos")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Videos")).to_be_visible()


def test_a_picture_may_come_without_a_type_if_it_is_one_that_can_be_used(
    page: Page, visitor: Visitor, portrait: FilePayload
) -> None:
    page.goto("/#/communities/new")
    gif = making.image_file(format="GIF")["buffer"]

    for refused in (gif, b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'/>"):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose an image").click()
        chooser.value.set_files({"name": "portrait", "mimeType": "", "buffer": refused})
        expect(page.get_by_text("This is not a picture that can be used.")).to_be_visible()
    choose_avatar(page, {**portrait, "name": "portrait", "mimeType": ""})

    expect(page.get_by_text("This is not a picture that can be used.")).to_have_count(0)


def test_the_list_shows_each_community_with_its_agent_and_token(page: Page, visitor: Visitor) -> None:
    bots.founded(visitor, name="First", agent_name=None, token_name=None, token_symbol=None)
    second = bots.founded(visitor, name="<b>Second</b>")

    page.goto("/#/communities")

    expect(page.get_by_role("list", name="Communities").get_by_role("link")).to_have_count(2)
    page.get_by_role("link", name="<b>Second</b>").click()
    expect(page).to_have_url(re.compile(f"#/communities/{second}$"))
    expect(page.get_by_role("heading", name="<b>Second</b>")).to_be_visible()
    expect(page.get_by_text("Sophia · Sophia Coin (SOPH)")).to_be_visible()
