"""Our elements on a page of somebody else: one script tag, and one element for each place."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.aws import users
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host
from tests.browser.signed_in import Visitor

SCRIPT = '<script type="module" src="$keepreel/static/embed.js"></script>'
GALLERY = '<bot-video-gallery community-id="{}"></bot-video-gallery>'
OFFER = '<video-creation-dialog type="{}" community-id="{}" offer></video-creation-dialog>'
LENT = """<script type="module">
    import {{ configure }} from "$keepreel/static/embed.js";
    configure({{ token: async () => {} }});
</script>"""
HEARING = "<script>heard = []; addEventListener('video-completed', ({ detail }) => heard.push(detail.video))</script>"
HOSTILE = """<style>
    * { font-size: 40px; color: red !important; text-align: right; text-transform: uppercase; letter-spacing: 1em; }
    html { font-size: 100%; }
    button, dialog, input, ul, article { display: none !important; }
    div, section { position: absolute !important; left: -9999px; }
</style>"""
LOOK = """node => {
    const { color, fontSize, textAlign, textTransform, letterSpacing, display } = getComputedStyle(node);
    return [node.textContent, color, fontSize, textAlign, textTransform, letterSpacing, display];
}"""


@pytest.fixture
def visitor(new_page: Callable[..., Page], sign_in: Callable[..., Visitor]) -> Visitor:
    """Signed in at another page; where our elements are nobody is, yet."""
    return sign_in(new_page())


@pytest.fixture
def show(page: Page, stack: Stack) -> Callable[[str], None]:
    return lambda html: embedding_host.show(page, html, stack=stack)


def lent(visitor: Visitor) -> str:
    return LENT.format(json.dumps(visitor.token))


def test_one_tag_and_one_element_show_a_gallery_to_who_signs_in_there(
    page: Page,
    show: Callable[[str], None],
    visitor: Visitor,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.founded(visitor)
    community_page.made(visitor, id, type="promo")

    show(SCRIPT + GALLERY.format(id))
    page.get_by_role("button", name="Sign in to Keepreel").click()
    page.get_by_label("E-mail").fill(visitor.email)
    page.get_by_label("Password", exact=True).fill(users.PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Create Video").click()
    page.get_by_role("dialog").get_by_role("button", name="Create video").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Download")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("article")).to_have_count(2)
    assert [it["type"] for it in community_page.videos_of(visitor, id)] == ["intro", "promo"]


def test_a_page_that_lends_its_tokens_asks_nobody_to_sign_in_and_keeps_nothing(
    page: Page,
    show: Callable[[str], None],
    visitor: Visitor,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.founded(visitor)
    community_page.made(visitor, id, type="promo")

    show(lent(visitor) + GALLERY.format(id))

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name="Sign in to Keepreel")).to_have_count(0)
    assert page.evaluate("() => [sessionStorage.length, localStorage.length]") == [0, 0]
    assert visitor.token not in page.evaluate(
        "() => document.documentElement.outerHTML.replaceAll(/<script.*?<.script>/gs, '')"
    )


@pytest.mark.parametrize(
    ("type", "offered", "radio"),
    [
        ("intro", "Introduce Sophia", "Character intro"),
        ("token_reveal", "Your token is out. Make a reveal video?", "Token reveal"),
    ],
)
def test_an_offer_makes_its_video_and_the_page_around_hears_of_it(
    type: str,
    offered: str,
    radio: str,
    page: Page,
    show: Callable[[str], None],
    visitor: Visitor,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.founded(visitor)

    show(HEARING + lent(visitor) + OFFER.format(type, id))
    page.get_by_role("region", name=offered).get_by_role("button", name="Create video", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=radio)).to_be_checked()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Not now").click()

    expect(page.get_by_role("region")).to_have_count(0)
    (video,) = community_page.videos_of(visitor, id)
    assert video["type"] == type
    assert page.evaluate("() => heard.map((it) => it.video_url)") == [video["video_url"]]


def test_who_accepts_an_offer_without_having_signed_in_signs_in_there(
    page: Page, show: Callable[[str], None], visitor: Visitor
) -> None:
    id = community_page.founded(visitor)

    show(SCRIPT + OFFER.format("intro", id))
    page.get_by_role("region").get_by_role("button", name="Create video").click()
    dialog = page.get_by_role("dialog", name="Sign in to Keepreel")
    dialog.get_by_label("E-mail").fill(visitor.email)
    dialog.get_by_label("Password", exact=True).fill(users.PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("dialog", name="Create a video")).to_be_visible()
    expect(page.get_by_role("group", name="Prompt")).to_contain_text("Sophia")


def test_the_styles_of_the_page_around_break_nothing(
    page: Page,
    show: Callable[[str], None],
    visitor: Visitor,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.founded(visitor)
    community_page.made(visitor, id, type="promo")
    elements = lent(visitor) + GALLERY.format(id) + OFFER.format("intro", id)
    looks = []

    for html in (elements, HOSTILE + elements):
        show(html)
        expect(page.get_by_role("article")).to_be_visible()
        expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
        looks.append([it.evaluate(LOOK) for it in page.get_by_role("button").or_(page.get_by_role("heading")).all()])
        page.unroute_all()

    assert looks[1] == looks[0]
    page.get_by_role("button", name="Create Video", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("group", name="Prompt")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article")).to_be_visible()


def test_our_own_page_of_examples_shows_each_element_with_what_one_has(
    page: Page,
    sign_in: Callable[..., Visitor],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    stack: Stack,
) -> None:
    visitor = sign_in(page)
    id = community_page.founded(visitor)
    community_page.made(visitor, id, type="promo")

    page.goto("/static/embed.html")

    expect(page.get_by_label("Community to show below")).to_have_value(id)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
    expect(page.get_by_role("region", name="Your token is out. Make a reveal video?")).to_be_visible()
    expect(page.get_by_text(f'src="{stack.url}/static/embed.js"')).to_have_count(1)
    page.get_by_role("region", name="Introduce Sophia").get_by_role("button", name="Not now").click()
    page.get_by_role("button", name="Show the offer again").click()
    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()


def test_our_own_page_of_examples_asks_who_has_not_signed_in(page: Page) -> None:
    page.goto("/static/embed.html")

    page.get_by_label("Community to show below").fill("sophia")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.get_by_role("button", name="Sign in to Keepreel")).to_have_count(1)
    expect(page.get_by_role("button", name="Create video", exact=True)).to_have_count(2)
