"""That everybody can use the page: each view in each look, large text, less motion, forced colours, and by ear."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import a11y_probes as senses
from tests.browser import community_page as bots
from tests.browser.chromium import DARK, PHONE, STILL, Look
from tests.browser.signed_in import Visitor

# Every state in both colours, and as wide and as narrow as people have it: two looks have all four.
LOOKS: dict[str, Look] = {"light": STILL, "dark phone": {**STILL, **DARK, **PHONE}}

COLOUR = "it => getComputedStyle(it.querySelector('svg') ?? it)[it.querySelector('svg') ? 'stroke' : 'color']"


@pytest.fixture(params=LOOKS)
def page(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    return new_page(LOOKS[request.param])


def generate(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name="Generate").click()


def test_signing_in_is_for_everybody(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name="Try it as the demo user")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Forgot the password?").click()
    expect(page.get_by_role("heading", name="Forgot the password?")).to_be_visible()
    assert_accessible(page)


def test_making_a_video_is_for_everybody(
    page: Page,
    sign_in: Callable[..., Visitor],
    picture: bytes,
    take_long: Callable[[float], None],
    fail_next: Callable[[], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Templates").click()
    assert_accessible(page)
    page.get_by_role("button", name=re.compile("^Ocean swell")).click()
    assert_accessible(page)
    page.keyboard.press("Escape")

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose an image").click()
    chooser.value.set_files({"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": picture})
    page.get_by_role("button", name="Crop").click()
    expect(page.get_by_role("heading", name="Crop the image")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()

    take_long(600)
    generate(page, "A paper boat")
    expect(page.get_by_role("article", name="processing")).to_be_visible()
    assert_accessible(page)
    take_long(0)
    expect(page.get_by_role("button", name="Make another")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)

    fail_next()
    generate(page, "A paper ship")
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    expect(page.get_by_role("article", name=", failed")).to_be_visible()
    assert_accessible(page)


def test_the_history_is_for_everybody(
    page: Page,
    sign_in: Callable[..., Visitor],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    new_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
) -> None:
    visitor = sign_in(page)
    visitor.follow(visitor.ask(prompt="A paper boat").json()["id"])
    page.goto("/")

    page.get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("group", name="Status").get_by_role("button", name="Failed").click()
    expect(page.get_by_role("heading", name="No video matches")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Undo").click()
    page.goto(link)
    expect(page.locator("video")).to_be_visible()
    assert_accessible(page)


def test_communities_are_for_everybody(
    page: Page,
    sign_in: Callable[..., Visitor],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page)
    id = bots.new_id()
    page.goto("/#/communities")
    expect(page.get_by_role("heading", name="No community yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Make your first community").click()
    page.get_by_role("button", name="Make the community").click()
    expect(page.get_by_text("Every community has a name.")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("Name", exact=True).fill("Friends")
    page.get_by_label("Address").fill(id)
    page.get_by_role("button", name="Make the community").click()
    expect(page.get_by_role("region", name="Introduce Friends")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert_accessible(page)
    page.goto("/#/communities")
    expect(page.get_by_role("link", name="Friends")).to_be_visible()
    assert_accessible(page)


def test_a_communitys_videos_are_for_everybody(
    page: Page,
    sign_in: Callable[..., Visitor],
    take_long: Callable[[float], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    visitor = sign_in(page)
    dialog = bots.open_dialog(page, bots.founded(visitor))
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    dialog.get_by_text("Model and settings").click()
    assert_accessible(page)

    dialog.get_by_role("radio", name="Custom").check()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_text("Write what should happen in the video.")).to_be_visible()
    assert_accessible(page)

    take_long(600)
    dialog.get_by_role("textbox", name="Prompt", exact=True).fill("A paper boat")
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Processing")
    assert_accessible(page)
    take_long(0)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    assert_accessible(page)


def test_the_page_of_examples_is_for_everybody(
    page: Page, sign_in: Callable[..., Visitor], assert_accessible: Callable[[Page], None]
) -> None:
    visitor = sign_in(page)
    bots.founded(visitor)

    page.goto("/static/embed.html")

    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert_accessible(page)


def test_with_text_of_twice_the_size_nothing_is_cut(
    new_page: Callable[..., Page],
    sign_in: Callable[..., Visitor],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page = new_page(STILL, {"viewport": {"width": 640, "height": 900}})
    visitor = sign_in(page)
    visitor.follow(visitor.ask(prompt="A paper boat on the pond behind the house").json()["id"])
    id = bots.founded(visitor)
    bots.made(visitor, id, type="token_reveal")
    cut = {}

    views = ("/#/", "/#/communities", "/#/communities/new", f"/#/communities/{id}", f"/#/communities/{id}/settings")
    for view in (*views, "/static/embed.html"):
        page.goto(view, wait_until="networkidle")
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        cut[view] = senses.cut(page)
    bots.open_dialog(page, id)
    cut["dialog"] = senses.cut(page)

    assert cut == {view: [] for view in cut}


def test_with_less_motion_only_a_slow_spinner_turns(
    new_page: Callable[..., Page], sign_in: Callable[..., Visitor], take_long: Callable[[float], None]
) -> None:
    page = new_page(STILL)
    visitor = sign_in(page)
    visitor.follow(visitor.ask(prompt="A paper boat").json()["id"])
    take_long(600)
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(1)

    generate(page, "A paper ship")
    expect(page.get_by_role("article", name="processing")).to_be_visible()
    page.get_by_role("article", name="A paper boat").get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    assert senses.moving(page) == {"turn"}


def test_a_finished_video_is_told_once(
    new_page: Callable[..., Page], sign_in: Callable[..., Visitor], take_long: Callable[[float], None]
) -> None:
    page = new_page(STILL)
    sign_in(page)
    take_long(600)
    page.goto("/")
    senses.listen(page)

    generate(page, "A paper boat")
    expect(page.get_by_role("article", name="processing")).to_be_visible()
    take_long(0)
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    page.wait_for_function("() => heard.some((it) => /^(Ready|Completed): A paper boat/.test(it))")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("() => heard.some((it) => /copied|copy/.test(it))")

    told = [it for it in senses.heard(page) if re.match("Ready|Completed", it)]
    assert len(told) == 1, told


def test_a_finished_video_is_told_in_its_dialog_too(
    new_page: Callable[..., Page], sign_in: Callable[..., Visitor], take_long: Callable[[float], None]
) -> None:
    page = new_page(STILL)
    visitor = sign_in(page)
    take_long(600)
    dialog = bots.open_dialog(page, bots.founded(visitor))
    senses.listen(page)

    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Processing")
    take_long(0)

    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    page.wait_for_function("() => heard.some((it) => /^(Ready|Completed): Character intro/.test(it))")


def test_forced_colours_hide_no_control(
    new_page: Callable[..., Page],
    sign_in: Callable[..., Visitor],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page = new_page(STILL, {"forced_colors": "active"})
    visitor = sign_in(page)
    visitor.follow(visitor.ask(prompt="A paper boat").json()["id"])
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()

    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    colours = {it.evaluate(COLOUR) for it in page.get_by_role("button").filter(visible=True).all()}
    assert ground not in colours
    expect(page.get_by_role("radio", name="1:1")).to_be_checked()
    chosen, other = (
        page.get_by_role("radio", name=ratio)
        .locator("xpath=..")
        .evaluate("node => getComputedStyle(node).outlineStyle")
        for ratio in ("1:1", "16:9")
    )
    assert (chosen, other) == ("solid", "none")
