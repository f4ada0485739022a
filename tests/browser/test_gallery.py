"""The gallery of a community: filter, play, download, share, delete and remix."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page, home_page
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

PLAYS = "video => video.play().then(() => video.videoWidth)"


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


@pytest.fixture
def gallery(page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> str:
    """Open the page of a community with two finished videos and return the community's id."""
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")
    finished_video(user, community_id=id, type="custom", prompt="A lighthouse in the fog")
    page.goto(f"/#/communities/{id}")
    expect(page.get_by_role("article")).to_have_count(2)
    return id


def test_type_filter_is_kept_in_the_url(page: Page, gallery: str) -> None:
    promo = page.get_by_role("group", name="Type").get_by_role("button", name="Promo")

    promo.click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?type=promo$"))
    page.reload()
    expect(promo).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("tab", name="Videos").click()
    expect(page).to_have_url(re.compile(r"\?type=promo$"))
    page.get_by_role("button", name="Token reveal").click()
    expect(page.get_by_role("heading", name="No matching videos")).to_be_visible()
    page.get_by_role("button", name="All", exact=True).click()

    expect(page.get_by_role("article")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"#/communities/{gallery}$"))


def test_dialog_preselects_the_filtered_type(page: Page, gallery: str) -> None:
    page.get_by_role("group", name="Type").get_by_role("button", name="Token reveal").click()

    page.get_by_role("button", name="Create Video").click()

    expect(page.get_by_role("dialog").get_by_role("radio", name="Token reveal")).to_be_checked()


@pytest.mark.smoke
def test_gallery_video_plays_and_downloads(page: Page, gallery: str) -> None:
    lighthouse = card(page, "A lighthouse in the fog")

    with page.expect_download() as download:
        lighthouse.get_by_role("button", name=re.compile("^Download: ")).click()
    lighthouse.get_by_role("button", name=re.compile("^Play: ")).click()
    video = page.get_by_role("dialog").locator("video")

    assert video.evaluate(PLAYS) > 0
    assert download.value.suggested_filename.endswith(".mp4")
    assert download.value.path().read_bytes()[4:8] == b"ftyp"


def test_share_link_works_until_sharing_stops(
    page: Page, new_page: Callable[..., Page], gallery: str, expect_console: Callable[[str], None]
) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    visitor = new_page()
    visitor.goto(link)
    assert visitor.locator("video").evaluate(PLAYS) > 0

    page.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text("Sharing stopped.")).to_have_count(2)  # visible, and in a live region
    expect_console("status of 404")
    visitor.reload()

    expect(visitor.locator("video")).to_have_count(0)


def test_delete_can_be_undone_until_the_toast_is_dismissed(page: Page, user: SignedInUser, gallery: str) -> None:
    lighthouse = card(page, "A lighthouse in the fog")
    delete = lighthouse.get_by_role("button", name=re.compile("^Delete: "))
    home_page.keep_toasts(page)
    expect(lighthouse.locator("img")).to_have_js_property("naturalWidth", 64)  # else its request may fail

    delete.click()
    expect(lighthouse).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(lighthouse).to_be_focused()
    assert len(community_page.list_videos(user, gallery)) == 2
    delete.click()
    with page.expect_response(lambda it: it.request.method == "DELETE"):
        page.get_by_role("button", name="Dismiss").click()

    expect(page.get_by_role("article")).to_have_count(1)
    assert [it["type"] for it in community_page.list_videos(user, gallery)] == ["promo"]


def test_video_created_elsewhere_appears_in_the_gallery(page: Page, user: SignedInUser, gallery: str) -> None:
    finished_video(user, community_id=gallery, type="custom", prompt="A ship in the night")

    page.evaluate("() => dispatchEvent(new Event('online'))")

    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("article").first).to_have_accessible_name("A ship in the night")


def test_remix_starts_from_the_original_and_records_it(page: Page, user: SignedInUser, gallery: str) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Remix: ")).click()
    dialog = page.get_by_role("dialog", name="Remix video")
    prompt = dialog.get_by_role("textbox", name="Prompt", exact=True)

    expect(prompt).to_have_value("A lighthouse in the fog")
    prompt.fill("A lighthouse in the sun")
    community_page.submit(dialog)
    expect(page.get_by_role("dialog").get_by_role("button", name="Download")).to_be_visible()

    remix, original, _ = community_page.list_videos(user, gallery)
    assert remix["remixed_from"] == original["id"]
    assert {name: remix[name] for name in ("prompt", "model", "duration_seconds", "aspect_ratio")} == {
        "prompt": "A lighthouse in the sun",
        **{name: original[name] for name in ("model", "duration_seconds", "aspect_ratio")},
    }


def test_remix_can_be_abandoned_for_a_new_video(page: Page, gallery: str) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Remix: ")).click()

    page.get_by_role("button", name="Cancel remix").click()

    dialog = page.get_by_role("dialog", name="Create video")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_visible()
    expect(dialog.get_by_text("A lighthouse in the fog")).to_have_count(0)
