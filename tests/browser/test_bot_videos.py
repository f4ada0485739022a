"""A community's videos: the dialog that makes them, type by type, and the gallery that shows them."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host, home_page
from tests.browser.signed_in import Visitor

TYPES = {"intro": "Character intro", "promo": "Promo", "token_reveal": "Token reveal"}
DIALOG = """<script type="module">
    import {{ configure }} from "$keepreel/static/embed.js";
    configure({{ token: async () => {} }});
</script><video-creation-dialog></video-creation-dialog>"""
PLAYS = "video => video.play().then(() => video.videoWidth)"


@pytest.fixture
def visitor(page: Page, sign_in: Callable[..., Visitor]) -> Visitor:
    return sign_in(page)


def create(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Create video").click()


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


def test_each_type_is_made_of_the_prompt_that_was_shown(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)
    shown = []

    for word in TYPES.values():
        dialog.get_by_role("radio", name=word).check()
        expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
        shown.append(dialog.get_by_role("group", name="Prompt").inner_text())
        create(dialog)
        expect(dialog.get_by_role("button", name="Download")).to_be_visible()
        dialog.get_by_role("button", name="Create another").click()

    made = community_page.videos_of(visitor, id)[::-1]
    assert [it["type"] for it in made] == list(TYPES)
    assert [it["final_prompt"] for it in made] == shown
    assert len(set(shown)) == len(TYPES)


def test_a_preview_says_what_it_is_built_from(page: Page, visitor: Visitor) -> None:
    id = community_page.founded(visitor, agent_instructions=None)

    dialog = community_page.open_dialog(page, id)

    expect(dialog.get_by_text("Name: Sophia")).to_be_visible()
    expect(dialog.get_by_text("No instructions yet")).to_be_visible()
    dialog.get_by_role("radio", name="Token reveal").check()
    expect(dialog.get_by_text("Token: Sophia Coin")).to_be_visible()
    expect(dialog.get_by_text("Symbol: SOPH")).to_be_visible()


def test_a_custom_video_needs_words_and_is_made_of_them(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)
    prompt = dialog.get_by_role("textbox", name="Prompt", exact=True)

    dialog.get_by_role("radio", name="Custom").check()
    create(dialog)
    expect(prompt).to_have_accessible_description(re.compile("Write what should happen in the video."))
    expect(prompt).to_be_focused()
    prompt.fill("A lighthouse in the fog")
    create(dialog)
    expect(dialog.get_by_role("heading", name="A lighthouse in the fog")).to_be_visible()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.videos_of(visitor, id)
    assert (video["type"], video["prompt"], video["final_prompt"]) == ("custom", *["A lighthouse in the fog"] * 2)


def test_a_custom_video_can_be_made_of_a_template(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Templates").click()
    templates = page.get_by_role("dialog", name="Templates")
    templates.get_by_role("button", name=re.compile("^Ocean swell")).click()
    page.get_by_role("button", name="Use this template").click()
    words = dialog.get_by_role("textbox", name="Prompt", exact=True).input_value()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.videos_of(visitor, id)
    assert (video["template"]["id"], video["final_prompt"]) == ("ocean-swell", words)


def test_a_double_click_makes_one_video(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("button", name="Create video").dblclick()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    assert len(community_page.videos_of(visitor, id)) == 1


def test_a_video_goes_on_behind_a_closed_dialog_and_its_card_lives(
    page: Page, visitor: Visitor, take_long: Callable[[float], None]
) -> None:
    take_long(600)
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)
    unfinished = page.get_by_role("article", name="processing")

    create(dialog)
    expect(dialog.get_by_role("heading", name="Your video")).to_be_visible()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Processing")
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"^\d:\d\d · usually about .+"))
    expect(dialog.get_by_text("%")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(unfinished).to_have_count(1)
    expect(unfinished.get_by_text("Processing")).to_be_visible()
    page.get_by_role("button", name="Create Video").click()
    expect(dialog.get_by_role("heading", name="Your video")).to_be_visible()
    page.keyboard.press("Escape")
    take_long(0)

    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_have_count(1)
    expect(unfinished).to_have_count(0)
    expect(page.get_by_text(re.compile("^Completed: "))).to_have_count(1)


def test_a_video_that_is_no_longer_shown_is_asked_after_no_more(
    page: Page, visitor: Visitor, stack: Stack, take_long: Callable[[float], None]
) -> None:
    take_long(600)
    id = community_page.founded(visitor)
    page.clock.install()
    embedding_host.show(page, DIALOG.format(json.dumps(visitor.token)), stack=stack)
    dialog = page.get_by_role("dialog")
    page.locator("video-creation-dialog").evaluate(
        "(node, id) => { node.setAttribute('community-id', id); node.open(); }", id
    )

    create(dialog)
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Processing")
    (video,) = community_page.videos_of(visitor, id)
    dialog.get_by_role("button", name="Create another").click()
    expect(dialog.get_by_role("heading", name="Create a video")).to_be_visible()

    with home_page.counted(page, method="GET", path=video["links"]["self"]) as asked:
        for _ in range(5):
            page.clock.run_for(3000)
    assert asked == []


def test_a_failure_says_what_to_do_and_trying_again_makes_another(
    page: Page, visitor: Visitor, fail_next: Callable[[], None]
) -> None:
    fail_next()
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)

    create(dialog)
    expect(dialog.get_by_role("alert").filter(has_text="It could not be made.")).to_have_text(
        re.compile(r"^It could not be made\. .+")
    )
    expect(dialog.get_by_role("button", name="Change it")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    failed = page.get_by_role("article", name=", failed")
    expect(failed.get_by_text("Failed", exact=True)).to_be_visible()
    failed.get_by_role("button", name=re.compile("^Try again: ")).click()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_have_count(1)

    assert sorted(it["status"] for it in community_page.videos_of(visitor, id)) == ["completed", "failed"]


def test_a_failure_in_the_dialog_can_be_tried_again_there(
    page: Page,
    visitor: Visitor,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    fail_next: Callable[[], None],
) -> None:
    fail_next()
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)

    create(dialog)
    again = dialog.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    for simulator in (kling, higgsfield):
        simulator.clear_faults()
    again.click()

    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    expect(dialog.get_by_role("alert").filter(has_text="could not be made")).to_have_count(0)


def test_a_reveal_without_a_token_says_what_is_missing_and_leads_there(
    page: Page, visitor: Visitor, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    id = community_page.founded(visitor, token_name=None, token_symbol=None)
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("radio", name="Token reveal").check()
    alert = dialog.get_by_role("alert").filter(has_text="token")
    expect(alert).to_have_text(re.compile("token name.+token symbol.+Open its settings"))
    expect(dialog.get_by_role("button", name="Create video")).to_be_disabled()
    alert.get_by_role("link", name="Open its settings").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Token symbol")).to_be_visible()
    assert community_page.videos_of(visitor, id) == []


def test_another_picture_and_other_settings_go_into_this_video_alone(
    page: Page, visitor: Visitor, picture: bytes, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor, avatar=visitor.upload(picture))
    dialog = community_page.open_dialog(page, id)

    dialog.get_by_role("button", name="Use another picture").click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Replace").click()
    chooser.value.set_files({"name": "another.jpg", "mimeType": "image/jpeg", "buffer": picture})
    expect(dialog.get_by_role("button", name="Crop")).to_be_visible()
    dialog.get_by_text("Model and settings").click()
    dialog.get_by_role("radio", name="16:9").check()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.videos_of(visitor, id)
    avatar = visitor.send("GET", f"/v1/communities/{id}").json()["avatar"]
    assert video["aspect_ratio"] == "16:9"
    assert video["source_image_url"] not in (None, avatar)


def test_the_price_before_the_click_is_the_records(
    page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.founded(visitor)
    dialog = community_page.open_dialog(page, id)

    expect(dialog.get_by_text(re.compile(r"^\d+ videos and \$[\d.]+ left today\.$"))).to_be_visible()
    price = dialog.get_by_text(re.compile(r"^\$\d+\.\d\d$")).inner_text()
    create(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.videos_of(visitor, id)
    assert f"${video['cost']['estimated_usd']:.2f}" == price


@pytest.fixture
def gallery(page: Page, visitor: Visitor, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> str:
    """A community with two finished videos, whose page is open; gives its id."""
    id = community_page.founded(visitor)
    community_page.made(visitor, id, type="promo")
    community_page.made(visitor, id, type="custom", prompt="A lighthouse in the fog")
    page.goto(f"/#/communities/{id}")
    expect(page.get_by_role("article")).to_have_count(2)
    return id


def test_the_gallery_is_filtered_by_type_and_the_address_keeps_it(page: Page, gallery: str) -> None:
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
    expect(page.get_by_role("heading", name="No video matches")).to_be_visible()
    page.get_by_role("button", name="All", exact=True).click()

    expect(page.get_by_role("article")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"#/communities/{gallery}$"))


def test_what_is_chosen_by_type_is_what_a_further_video_begins_with(page: Page, gallery: str) -> None:
    page.get_by_role("group", name="Type").get_by_role("button", name="Token reveal").click()

    page.get_by_role("button", name="Create Video").click()

    expect(page.get_by_role("dialog").get_by_role("radio", name="Token reveal")).to_be_checked()


def test_a_video_is_played_and_saved(page: Page, gallery: str) -> None:
    lighthouse = card(page, "A lighthouse in the fog")

    with page.expect_download() as download:
        lighthouse.get_by_role("button", name=re.compile("^Download: ")).click()
    lighthouse.get_by_role("button", name=re.compile("^Play: ")).click()
    video = page.get_by_role("dialog").locator("video")

    assert video.evaluate(PLAYS) > 0
    assert download.value.suggested_filename.endswith(".mp4")
    assert download.value.path().read_bytes()[4:8] == b"ftyp"


def test_a_shared_video_is_seen_by_whoever_has_the_link_until_that_is_stopped(
    page: Page, new_page: Callable[..., Page], gallery: str, expect_console: Callable[[str], None]
) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    stranger = new_page()
    stranger.goto(link)
    assert stranger.locator("video").evaluate(PLAYS) > 0

    page.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text("Sharing has stopped.")).to_have_count(2)  # seen, and said
    expect_console("status of 404")
    stranger.reload()

    expect(stranger.locator("video")).to_have_count(0)


def test_a_deleted_video_comes_back_when_that_is_undone_and_else_is_gone_for_good(
    page: Page, visitor: Visitor, gallery: str
) -> None:
    lighthouse = card(page, "A lighthouse in the fog")
    delete = lighthouse.get_by_role("button", name=re.compile("^Delete: "))

    delete.click()
    expect(lighthouse).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(lighthouse).to_be_focused()
    assert len(community_page.videos_of(visitor, gallery)) == 2
    delete.click()
    with page.expect_response(lambda it: it.request.method == "DELETE"):
        page.get_by_role("button", name="Dismiss").click()

    expect(page.get_by_role("article")).to_have_count(1)
    assert [it["type"] for it in community_page.videos_of(visitor, gallery)] == ["promo"]


def test_a_video_that_was_asked_for_elsewhere_appears_by_itself(page: Page, visitor: Visitor, gallery: str) -> None:
    community_page.made(visitor, gallery, type="custom", prompt="A ship in the night")

    page.evaluate("() => dispatchEvent(new Event('online'))")

    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("article").first).to_have_accessible_name("A ship in the night")


def test_a_remix_starts_from_the_video_and_says_so_in_its_record(page: Page, visitor: Visitor, gallery: str) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Remix: ")).click()
    dialog = page.get_by_role("dialog", name="Remix a video")
    prompt = dialog.get_by_role("textbox", name="Prompt", exact=True)

    expect(prompt).to_have_value("A lighthouse in the fog")
    prompt.fill("A lighthouse in the sun")
    create(dialog)
    expect(page.get_by_role("dialog").get_by_role("button", name="Download")).to_be_visible()

    remix, original, _ = community_page.videos_of(visitor, gallery)
    assert remix["remixed_from"] == original["id"]
    assert {name: remix[name] for name in ("prompt", "model", "duration_seconds", "aspect_ratio")} == {
        "prompt": "A lighthouse in the sun",
        **{name: original[name] for name in ("model", "duration_seconds", "aspect_ratio")},
    }


def test_a_remix_can_be_left_for_a_new_video(page: Page, gallery: str) -> None:
    card(page, "A lighthouse in the fog").get_by_role("button", name=re.compile("^Remix: ")).click()

    page.get_by_role("button", name="Start afresh").click()

    dialog = page.get_by_role("dialog", name="Create a video")
    expect(dialog.get_by_role("radio", name="Character intro")).to_be_visible()
    expect(dialog.get_by_text("A lighthouse in the fog")).to_have_count(0)
