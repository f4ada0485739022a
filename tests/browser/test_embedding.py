"""Keepreel's elements embedded in a third-party page by one script tag."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.aws import users
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host, home_page
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

SCRIPT = '<script type="module" src="$keepreel/static/embed.js"></script>'
GALLERY = '<bot-video-gallery community-id="{}"></bot-video-gallery>'
OFFER = '<video-creation-dialog type="{}" community-id="{}" offer></video-creation-dialog>'
CONFIGURED = """<script type="module">
    import {{ configure }} from "$keepreel/static/embed.js";
    configure({{ token: async () => {} }});
</script>"""
LISTENER = (
    "<script>completed = []; addEventListener('video-completed', ({ detail }) => completed.push(detail.video))</script>"
)
HOSTILE = """<style>
    * { font-size: 40px; color: red !important; text-align: right; text-transform: uppercase; letter-spacing: 1em; }
    html { font-size: 100%; }
    button, dialog, input, ul, article { display: none !important; }
    div, section { position: absolute !important; left: -9999px; }
</style>"""
STYLE = """node => {
    const { color, fontSize, textAlign, textTransform, letterSpacing, display } = getComputedStyle(node);
    return [node.textContent, color, fontSize, textAlign, textTransform, letterSpacing, display];
}"""


@pytest.fixture
def user(new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]) -> SignedInUser:
    """A user who is signed in on another page, but not on the embedding page."""
    return sign_in(new_page())


@pytest.fixture
def show(page: Page, stack: Stack) -> Callable[[str], None]:
    return lambda html: embedding_host.show(page, html, stack=stack)


def configured(user: SignedInUser) -> str:
    return CONFIGURED.format(json.dumps(user.token))


def test_embedded_gallery_works_after_signing_in_on_the_host_page(
    page: Page,
    show: Callable[[str], None],
    user: SignedInUser,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")

    show(SCRIPT + GALLERY.format(id))
    page.get_by_role("button", name="Sign in to Keepreel").click()
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(users.PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article").get_by_text("AI-generated")).to_be_visible()
    page.get_by_role("button", name="Create Video").click()
    page.get_by_role("dialog").get_by_role("button", name="Create video").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Download")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("AI-generated")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("article")).to_have_count(2)
    assert [it["type"] for it in community_page.list_videos(user, id)] == ["intro", "promo"]


@pytest.mark.smoke
def test_configured_token_needs_no_sign_in_and_is_not_stored(
    page: Page,
    show: Callable[[str], None],
    user: SignedInUser,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")

    show(configured(user) + GALLERY.format(id))

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name="Sign in to Keepreel")).to_have_count(0)
    assert page.evaluate("() => [sessionStorage.length, localStorage.length]") == [0, 0]
    assert user.token not in page.evaluate(
        "() => document.documentElement.outerHTML.replaceAll(/<script.*?<.script>/gs, '')"
    )


@pytest.mark.parametrize(
    ("type", "offer", "radio"),
    [
        ("intro", "Introduce Sophia", "Character intro"),
        ("token_reveal", "Your token is live. Create a reveal video?", "Token reveal"),
    ],
)
def test_offer_creates_its_video_and_notifies_the_host_page(
    type: str,
    offer: str,
    radio: str,
    page: Page,
    show: Callable[[str], None],
    user: SignedInUser,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.create_community(user)

    show(LISTENER + configured(user) + OFFER.format(type, id))
    page.get_by_role("region", name=offer).get_by_role("button", name="Create Video", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=radio)).to_be_checked()
    dialog.get_by_role("button", name="Create video").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Not now").click()

    expect(page.get_by_role("region")).to_have_count(0)
    (video,) = community_page.list_videos(user, id)
    assert video["type"] == type
    assert page.evaluate("() => completed.map((it) => it.video_url)") == [video["video_url"]]


def test_accepting_an_offer_signed_out_opens_the_sign_in(
    page: Page, show: Callable[[str], None], user: SignedInUser
) -> None:
    id = community_page.create_community(user)

    show(SCRIPT + OFFER.format("intro", id))
    page.get_by_role("region").get_by_role("button", name="Create video").click()
    dialog = page.get_by_role("dialog", name="Sign in to Keepreel")
    dialog.get_by_label("Email").fill(user.email)
    dialog.get_by_label("Password", exact=True).fill(users.PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("dialog", name="Create video")).to_be_visible()
    expect(page.get_by_role("group", name="Prompt")).to_contain_text("Sophia")


def test_host_page_styles_do_not_affect_the_elements(
    page: Page,
    show: Callable[[str], None],
    user: SignedInUser,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")
    elements = configured(user) + GALLERY.format(id) + OFFER.format("intro", id)
    styles = []

    for html in (elements, HOSTILE + elements):
        show(html)
        expect(page.get_by_role("article")).to_be_visible()
        expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
        styles.append([it.evaluate(STYLE) for it in page.get_by_role("button").or_(page.get_by_role("heading")).all()])
        page.unroute_all()

    assert styles[1] == styles[0]
    page.locator("bot-video-gallery").get_by_role("button", name="Create Video", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("group", name="Prompt")).to_be_visible()
    page.keyboard.press("Escape")
    home_page.keep_toasts(page)
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article")).to_be_visible()


def test_examples_page_shows_each_element_with_the_users_data(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    stack: Stack,
) -> None:
    user = sign_in(page)
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="promo")

    page.goto("/static/embed.html")

    expect(page.get_by_label("Community to show below")).to_have_value(id)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()
    expect(page.get_by_role("region", name="Your token is live. Create a reveal video?")).to_be_visible()
    expect(page.get_by_text(f'src="{stack.url}/static/embed.js"')).to_have_count(1)
    page.get_by_role("region", name="Introduce Sophia").get_by_role("button", name="Not now").click()
    page.get_by_role("button", name="Show offer").click()
    expect(page.get_by_role("region", name="Introduce Sophia")).to_be_visible()


def test_examples_page_asks_signed_out_visitors_to_sign_in(page: Page) -> None:
    page.goto("/static/embed.html")

    page.get_by_label("Community to show below").fill("sophia")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.get_by_role("button", name="Sign in to Keepreel")).to_have_count(1)
    expect(page.get_by_role("button", name="Create Video", exact=True)).to_have_count(2)


def test_polling_stops_when_the_video_is_no_longer_shown(
    page: Page, user: SignedInUser, show: Callable[[str], None], set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)
    id = community_page.create_community(user)
    page.clock.install()
    show(configured(user) + "<video-creation-dialog></video-creation-dialog>")
    dialog = page.get_by_role("dialog")
    page.locator("video-creation-dialog").evaluate(
        "(node, id) => { node.setAttribute('community-id', id); node.open(); }", id
    )

    community_page.submit(dialog)
    expect(dialog.get_by_role("list", name="Phases").locator("[aria-current]")).to_have_text("Generating")
    (video,) = community_page.list_videos(user, id)
    dialog.get_by_role("button", name="Create Another").click()
    expect(dialog.get_by_role("heading", name="Create video")).to_be_visible()

    with home_page.record_requests(page, method="GET", path=video["links"]["self"]) as polls:
        for _ in range(5):
            page.clock.run_for(3000)
    assert polls == []
