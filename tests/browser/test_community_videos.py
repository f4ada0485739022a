"""The dialog that creates a community's videos: types, prompts, templates, failures and price."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import community_page
from tests.browser.signed_in import SignedInUser

TYPES = {"intro": "Character intro", "promo": "Promo", "token_reveal": "Token reveal"}


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
        community_page.submit(dialog)
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
    community_page.submit(dialog)
    expect(prompt).to_have_accessible_description(re.compile("Describe what happens in the video."))
    expect(prompt).to_be_focused()
    prompt.fill("A lighthouse in the fog")
    community_page.submit(dialog)
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
    text = dialog.get_by_role("textbox", name="Prompt", exact=True).input_value()
    community_page.submit(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert (video["template"]["id"], video["final_prompt"]) == ("ocean-swell", text)


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

    community_page.submit(dialog)
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


def test_failed_video_can_be_retried_from_its_card(
    page: Page, user: SignedInUser, fail_next_video: Callable[[], None]
) -> None:
    fail_next_video()
    id = community_page.create_community(user)
    dialog = community_page.open_dialog(page, id)

    community_page.submit(dialog)
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

    community_page.submit(dialog)
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
    community_page.submit(dialog)
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
    community_page.submit(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert f"${video['cost']['estimated_usd']:.2f}" == price
