"""Accessibility of every view: axe-core, large text, reduced motion, forced colors and announcements."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import a11y_probes, community_page, home_page
from tests.browser.chromium import DARK, PHONE, REDUCED_MOTION, ContextOptions
from tests.browser.signed_in import SignedInUser
from tests.browser.video_factory import finished_video

# Every state in both color schemes, wide and narrow, with a mouse and by touch.
LOOKS: dict[str, ContextOptions] = {"light": REDUCED_MOTION, "dark phone": {**REDUCED_MOTION, **DARK, **PHONE}}

COLOR = "it => getComputedStyle(it.querySelector('svg') ?? it)[it.querySelector('svg') ? 'stroke' : 'color']"


@pytest.fixture(params=LOOKS)
def page(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    return new_page(LOOKS[request.param])


def generate(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name="Generate").click()


def test_sign_in_view_is_accessible(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name="Try the demo")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_role("heading", name="Reset password")).to_be_visible()
    assert_accessible(page)


def test_generator_view_is_accessible_in_every_state(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    picture: bytes,
    set_finish_seconds: Callable[[float], None],
    fail_next_video: Callable[[], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Templates").click()
    assert_accessible(page)
    page.get_by_role("button", name=re.compile("^Ocean swell")).click()
    assert_accessible(page)
    page.keyboard.press("Escape")

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose image").click()
    chooser.value.set_files({"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": picture})
    page.get_by_role("button", name="Crop").click()
    expect(page.get_by_role("heading", name="Crop image")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()

    set_finish_seconds(600)
    generate(page, "A paper boat")
    expect(page.get_by_role("article", name="generating")).to_be_visible()
    assert_accessible(page)
    set_finish_seconds(0)
    expect(page.get_by_role("button", name="Create Another")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)

    fail_next_video()
    generate(page, "A paper ship")
    expect(page.get_by_role("button", name="Edit and retry")).to_be_visible()
    expect(page.get_by_role("article", name=", failed")).to_be_visible()
    assert_accessible(page)


def test_history_and_share_page_are_accessible(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    new_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
) -> None:
    user = sign_in(page)
    finished_video(user, prompt="A paper boat")
    page.goto("/")

    page.get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("group", name="Status").get_by_role("button", name="Failed").click()
    expect(page.get_by_role("heading", name="No matching videos")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Clear filters").click()
    home_page.keep_toasts(page)
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Undo").click()
    page.goto(link)
    expect(page.locator("video")).to_be_visible()
    assert_accessible(page)


def test_community_views_are_accessible(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    id = community_page.new_id()
    page.goto("/#/communities")
    expect(page.get_by_role("heading", name="No communities yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Create your first community").click()
    page.get_by_role("button", name="Create community").click()
    expect(page.get_by_text("Enter a name.")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("Name", exact=True).fill("Friends")
    page.get_by_label("Address").fill(id)
    page.get_by_role("button", name="Create community").click()
    expect(page.get_by_role("region", name="Introduce Friends")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert_accessible(page)
    page.goto("/#/communities")
    expect(page.get_by_role("link", name="Friends")).to_be_visible()
    assert_accessible(page)


def test_creation_dialog_is_accessible_in_every_state(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    set_finish_seconds: Callable[[float], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    user = sign_in(page)
    dialog = community_page.open_dialog(page, community_page.create_community(user))
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    dialog.get_by_text("Model and settings").click()
    assert_accessible(page)

    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_text("Describe what happens in the video.")).to_be_visible()
    assert_accessible(page)

    set_finish_seconds(600)
    dialog.get_by_role("textbox", name="Prompt", exact=True).fill("A paper boat")
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    assert_accessible(page)
    set_finish_seconds(0)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)


def test_embedding_examples_are_accessible(
    page: Page, sign_in: Callable[..., SignedInUser], assert_accessible: Callable[[Page], None]
) -> None:
    user = sign_in(page)
    community_page.create_community(user)

    page.goto("/static/embed.html")

    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)


def test_no_text_is_clipped_at_double_font_size(
    new_page: Callable[..., Page],
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page = new_page(REDUCED_MOTION, {"viewport": {"width": 640, "height": 900}})
    user = sign_in(page)
    finished_video(user, prompt="A paper boat on the pond behind the house")
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="token_reveal")
    cut = {}

    views = ("/#/", "/#/communities", "/#/communities/new", f"/#/communities/{id}", f"/#/communities/{id}/settings")
    for view in (*views, "/static/embed.html"):
        page.goto(view, wait_until="networkidle")
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        cut[view] = a11y_probes.clipped_texts(page)
    community_page.open_dialog(page, id)
    cut["dialog"] = a11y_probes.clipped_texts(page)

    assert cut == {view: [] for view in cut}


def test_reduced_motion_leaves_only_the_spinner_animated(
    new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser], set_finish_seconds: Callable[[float], None]
) -> None:
    page = new_page(REDUCED_MOTION)
    user = sign_in(page)
    finished_video(user, prompt="A paper boat")
    set_finish_seconds(600)
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(1)

    home_page.keep_toasts(page)
    generate(page, "A paper ship")
    expect(page.get_by_role("article", name="generating")).to_be_visible()
    page.get_by_role("article", name="A paper boat").get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    assert a11y_probes.running_animations(page) == {"turn"}


def test_finished_video_is_announced_once(
    new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser], set_finish_seconds: Callable[[float], None]
) -> None:
    page = new_page(REDUCED_MOTION)
    sign_in(page)
    set_finish_seconds(600)
    page.goto("/")
    a11y_probes.record_announcements(page)

    generate(page, "A paper boat")
    expect(page.get_by_role("article", name="generating")).to_be_visible()
    set_finish_seconds(0)
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    page.wait_for_function("() => announcements.some((it) => /^(Ready|Completed): A paper boat/.test(it))")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("() => announcements.some((it) => /copied|copy/.test(it))")

    told = [it for it in a11y_probes.announcements(page) if re.match("Ready|Completed", it)]
    assert len(told) == 1, told


def test_finished_video_is_announced_in_the_dialog(
    new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser], set_finish_seconds: Callable[[float], None]
) -> None:
    page = new_page(REDUCED_MOTION)
    user = sign_in(page)
    set_finish_seconds(600)
    dialog = community_page.open_dialog(page, community_page.create_community(user))
    a11y_probes.record_announcements(page)

    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    set_finish_seconds(0)

    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    page.wait_for_function("() => announcements.some((it) => /^(Ready|Completed): Character intro/.test(it))")


def test_forced_colors_hide_no_control(
    new_page: Callable[..., Page],
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page = new_page(REDUCED_MOTION, {"forced_colors": "active"})
    user = sign_in(page)
    finished_video(user, prompt="A paper boat")
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()

    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    colors = {it.evaluate(COLOR) for it in page.get_by_role("button").filter(visible=True).all()}
    assert ground not in colors
    expect(page.get_by_role("radio", name="1:1")).to_be_checked()
    chosen, other = (
        page.get_by_role("radio", name=ratio)
        .locator("xpath=..")
        .evaluate("node => getComputedStyle(node).outlineStyle")
        for ratio in ("1:1", "16:9")
    )
    assert (chosen, other) == ("solid", "none")
