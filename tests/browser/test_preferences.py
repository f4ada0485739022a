"""Large text, reduced motion, forced colors and screen reader announcements."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import a11y_probes, community_page, home_page
from tests.browser.chromium import REDUCED_MOTION
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

COLOR = "it => getComputedStyle(it.querySelector('svg') ?? it)[it.querySelector('svg') ? 'stroke' : 'color']"


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
    home_page.generate(page, "A paper ship")
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

    home_page.generate(page, "A paper boat")
    expect(page.get_by_role("article", name="generating")).to_be_visible()
    set_finish_seconds(0)
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    page.wait_for_function("() => announcements.some((it) => /^(Ready|Completed): A paper boat/.test(it))")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("() => announcements.some((it) => /copied|copy/.test(it))")

    announced = [it for it in a11y_probes.announcements(page) if re.match("Ready|Completed", it)]
    assert len(announced) == 1, announced


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

    background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    colors = {it.evaluate(COLOR) for it in page.get_by_role("button").filter(visible=True).all()}
    assert background not in colors
    expect(page.get_by_role("radio", name="1:1")).to_be_checked()
    chosen, other = (
        page.get_by_role("radio", name=ratio)
        .locator("xpath=..")
        .evaluate("node => getComputedStyle(node).outlineStyle")
        for ratio in ("1:1", "16:9")
    )
    assert (chosen, other) == ("solid", "none")
