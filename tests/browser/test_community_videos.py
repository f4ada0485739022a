"""A community's videos: the creation dialog for each type, and the gallery."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host, home_page
from tests.browser.signed_in import SignedInUser
from tests.browser.video_factory import finished_video

TYPES = {"intro": "Character intro", "promo": "Promo", "token_reveal": "Token reveal"}
DIALOG = """<script type="module">
    import {{ configure }} from "$keepreel/static/embed.js";
    configure({{ token: async () => {} }});
</script><video-creation-dialog></video-creation-dialog>"""
PLAYS = "video => video.play().then(() => video.videoWidth)"


def create(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Create video").click()


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


def test_each_type_is_generated_from_the_previewed_prompt(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)
    previews = []

    for label in TYPES.values():
        dialog.get_by_role("radio", name=label).check()
        expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
        previews.append(dialog.get_by_role("group", name="Prompt").inner_text())
        create(dialog)
        expect(dialog.get_by_role("button", name="Download")).to_be_visible()
        dialog.get_by_role("button", name="Create Another").click()

    videos = community_page.list_videos(user, id)[::-1]
    assert [it["type"] for it in videos] == list(TYPES)
    assert [it["final_prompt"] for it in videos] == previews
    assert len(set(previews)) == len(TYPES)


def test_prompt_preview_lists_the_fields_it_uses(page: Page, user: SignedInUser) -> None:
    id = community_page.create_community(user, agent_instructions=None)

    dialog = community_page.open_dialog(page, id)

    expect(dialog.get_by_text("Name: Sophia")).to_be_visible()
    expect(dialog.get_by_text("No instructions yet")).to_be_visible()
    dialog.get_by_role("radio", name="Token reveal").check()
    expect(dialog.get_by_text("Token: Sophia Coin")).to_be_visible()
    expect(dialog.get_by_text("Symbol: SOPH")).to_be_visible()


@pytest.mark.smoke
def test_custom_video_requires_a_prompt_and_uses_it(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)
    prompt = dialog.get_by_role("textbox", name="Prompt", exact=True)

    dialog.get_by_role("radio", name="Custom").check()
    create(dialog)
    expect(prompt).to_have_accessible_description(re.compile("Describe what happens in the video."))
    expect(prompt).to_be_focused()
    prompt.fill("A lighthouse in the fog")
    create(dialog)
    expect(dialog.get_by_role("heading", name="A lighthouse in the fog")).to_be_visible()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert (video["type"], video["prompt"], video["final_prompt"]) == ("custom", *["A lighthouse in the fog"] * 2)


def test_custom_video_can_use_a_template(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Templates").click()
    templates = page.get_by_role("dialog", name="Templates")
    templates.get_by_role("button", name=re.compile("^Ocean swell")).click()
    page.get_by_role("button", name="Use this template").click()
    words = dialog.get_by_role("textbox", name="Prompt", exact=True).input_value()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert (video["template"]["id"], video["final_prompt"]) == ("ocean-swell", words)


def test_double_click_creates_one_video(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("button", name="Create video").dblclick()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    assert len(community_page.list_videos(user, id)) == 1


def test_closed_dialog_keeps_following_its_video(
    page: Page, user: SignedInUser, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)
    unfinished = page.get_by_role("article", name="generating")

    create(dialog)
    expect(dialog.get_by_role("heading", name="Your video")).to_be_visible()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"^\d:\d\d · usually about .+"))
    expect(dialog.get_by_text("%")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(unfinished).to_have_count(1)
    expect(unfinished.get_by_text("Generating", exact=True)).to_be_visible()
    page.get_by_role("button", name="Create Video").click()
    expect(dialog.get_by_role("heading", name="Your video")).to_be_visible()
    page.keyboard.press("Escape")
    set_finish_seconds(0)

    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_have_count(1)
    expect(unfinished).to_have_count(0)
    expect(page.get_by_text(re.compile("^Completed: "))).to_have_count(1)


def test_polling_stops_when_the_video_is_no_longer_shown(
    page: Page, user: SignedInUser, stack: Stack, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)
    id = community_page.create_community(user)
    page.clock.install()
    embedding_host.show(page, DIALOG.format(json.dumps(user.token)), stack=stack)
    dialog = page.get_by_role("dialog")
    page.locator("video-creation-dialog").evaluate(
        "(node, id) => { node.setAttribute('community-id', id); node.open(); }", id
    )

    create(dialog)
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    (video,) = community_page.list_videos(user, id)
    dialog.get_by_role("button", name="Create Another").click()
    expect(dialog.get_by_role("heading", name="Create video")).to_be_visible()

    with home_page.record_requests(page, method="GET", path=video["links"]["self"]) as polls:
        for _ in range(5):
            page.clock.run_for(3000)
    assert polls == []


def test_failed_video_can_be_retried_from_its_card(
    page: Page, user: SignedInUser, fail_next_video: Callable[[], None]
) -> None:
    fail_next_video()
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    create(dialog)
    expect(dialog.get_by_role("alert").filter(has_text="Generation failed.")).to_have_text(
        re.compile(r"^Generation failed\. .+")
    )
    expect(dialog.get_by_role("button", name="Edit and retry")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    failed = page.get_by_role("article", name=", failed")
    expect(failed.get_by_text("Failed", exact=True)).to_be_visible()
    failed.get_by_role("button", name=re.compile("^Try again: ")).click()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_have_count(1)

    assert sorted(it["status"] for it in community_page.list_videos(user, id)) == ["completed", "failed"]


def test_failed_video_can_be_retried_in_the_dialog(
    page: Page,
    user: SignedInUser,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    fail_next_video: Callable[[], None],
) -> None:
    fail_next_video()
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    create(dialog)
    retry = dialog.get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    for simulator in (kling, higgsfield):
        simulator.clear_faults()
    retry.click()

    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    expect(dialog.get_by_role("alert").filter(has_text="Generation failed")).to_have_count(0)


def test_token_reveal_without_a_token_links_to_the_settings(
    page: Page, user: SignedInUser, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    id = community_page.create_community(user, token_name=None, token_symbol=None)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("radio", name="Token reveal").check()
    alert = dialog.get_by_role("alert").filter(has_text="token")
    expect(alert).to_have_text(re.compile("token name.+token symbol.+Open settings"))
    expect(dialog.get_by_role("button", name="Create video")).to_be_disabled()
    alert.get_by_role("link", name="Open settings").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Token symbol")).to_be_visible()
    assert community_page.list_videos(user, id) == []


def test_another_image_and_settings_apply_to_one_video_only(
    page: Page, user: SignedInUser, picture: bytes, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user, avatar=user.upload(picture))
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("button", name="Use another image").click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Replace").click()
    chooser.value.set_files({"name": "another.jpg", "mimeType": "image/jpeg", "buffer": picture})
    expect(dialog.get_by_role("button", name="Crop")).to_be_visible()
    dialog.get_by_text("Model and settings").click()
    dialog.get_by_role("radio", name="16:9").check()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    avatar = user.send("GET", f"/v1/communities/{id}").json()["avatar"]
    assert video["aspect_ratio"] == "16:9"
    assert video["source_image_url"] not in (None, avatar)


def test_displayed_price_equals_the_recorded_price(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    expect(dialog.get_by_text(re.compile(r"^\d+ videos and \$[\d.]+ left today\.$"))).to_be_visible()
    price = dialog.get_by_text(re.compile(r"^\$\d+\.\d\d$")).inner_text()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert f"${video['cost']['estimated_usd']:.2f}" == price


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
    create(dialog)
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
