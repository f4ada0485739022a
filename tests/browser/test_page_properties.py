"""The page as a whole: size, hosts, caching, policy, privacy, theme, width, and recovery from missing files."""

import json
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route, expect

from local.aws import users
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page
from tests.browser.chromium import DARK, PHONE
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

MAX_BYTES = 100_000  # of our own files, compressed
VERSIONED = re.compile(r"/static/([0-9a-f]{12})/.+")
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
LIGHT_BACKGROUND, DARK_BACKGROUND = "rgb(246, 245, 242)", "rgb(18, 18, 20)"
HORIZONTAL_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def requests(page: Page) -> list[Request]:
    """The page's completed requests."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    return finished


def path(request: Request) -> str:
    return urlsplit(request.url).path


def is_own_file(request: Request) -> bool:
    return path(request) == "/" or path(request).startswith("/static/")


@pytest.mark.parametrize("who", ["a signed-out visitor", "a signed-in user"])
def test_first_load_is_small(
    who: str,
    page: Page,
    requests: list[Request],
    sign_in: Callable[..., SignedInUser],
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    if who == "a signed-in user":
        sign_in(page)

    page.goto("/", wait_until="networkidle")
    expect(
        page.get_by_role("heading", name="No videos yet" if who == "a signed-in user" else "Sign in")
    ).to_be_visible()

    files = {path(it): it for it in requests if is_own_file(it)}
    transferred = {name: it.sizes()["responseBodySize"] for name, it in files.items()}
    raw = {name: len(it.response().body()) for name, it in files.items()}  # type: ignore[union-attr]
    for name, value in {
        "files": len(files),
        "transferred": sum(transferred.values()),
        "raw": sum(raw.values()),
    }.items():
        record_testsuite_property(f"{who}: {name}", value)
    assert sum(transferred.values()) < MAX_BYTES, sorted(transferred.items(), key=lambda it: -it[1])
    assert all(transferred[name] < raw[name] for name in files if name.endswith(".js") and raw[name] > 2000)


def test_sign_in_contacts_only_keepreel_and_cognito(
    page: Page,
    requests: list[Request],
    sign_in: Callable[..., SignedInUser],
    stack: Stack,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page.goto("/", wait_until="networkidle")
    assert {urlsplit(it.url).netloc for it in requests} == {urlsplit(stack.url).netloc}

    page.get_by_role("button", name="Try the demo").click()
    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()

    assert {urlsplit(it.url).netloc for it in requests} == {
        urlsplit(it).netloc for it in (stack.url, stack.aws_endpoint)
    }
    assert {path(it) for it in requests if it.url.startswith(stack.aws_endpoint)} == {"/"}


def test_all_modules_have_one_version_and_are_immutable(
    page: Page, requests: list[Request], sign_in: Callable[..., SignedInUser]
) -> None:
    sign_in(page)

    page.goto("/", wait_until="networkidle")
    page.goto("/#/communities", wait_until="networkidle")

    modules = [it for it in requests if path(it).endswith(".js")]
    assert len(modules) > 20
    assert len({VERSIONED.fullmatch(path(it)).group(1) for it in modules}) == 1  # type: ignore[union-attr]
    cache_control = {it.response().headers["cache-control"] for it in modules}  # type: ignore[union-attr]
    assert cache_control == {"public, max-age=31536000, immutable"}


def test_content_security_policy_allows_only_our_scripts(page: Page) -> None:
    response = page.goto("/")

    assert response is not None
    policy = dict(it.split(" ", 1) for it in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in str(policy)


def test_no_personal_data_in_urls_or_beyond_the_tab(
    page: Page, stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    email, id = f"{uuid4().hex}@example.com", community_page.new_id()
    stack.users.add_user(email)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("framenavigated", lambda frame: addresses.append(frame.url))

    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(users.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("textbox", name="Prompt", exact=True).fill("A confidential boat")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("button", name=re.compile("^Play: "))).to_be_visible()
    page.get_by_role("searchbox").fill("confidential")
    page.get_by_role("button", name=re.compile("^Share: ")).click()
    link = page.get_by_label("Share link").input_value()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Communities").click()
    page.get_by_role("link", name="Create your first community").click()
    page.get_by_label("Name", exact=True).fill("Undisclosed friends")
    page.get_by_label("Address").fill(id)
    page.get_by_role("button", name="Create community").click()
    expect(page.get_by_role("heading", name="Undisclosed friends", exact=True)).to_be_visible()
    addresses.append(page.url)

    session = page.evaluate("() => JSON.parse(sessionStorage['keepreel.session'])")
    secrets = ("confidential", "undisclosed", email, session["access_token"], session["refresh_token"], link)
    visible_data = "\n".join(map(unquote, addresses)) + page.evaluate(
        "() => JSON.stringify({ ...localStorage }) + document.cookie"
    )
    assert id in visible_data  # proves that the search works
    assert [it for it in secrets if it.lower() in visible_data.lower()] == []


def test_theme_follows_the_system_until_the_user_chooses(page: Page, new_page: Callable[..., Page]) -> None:
    dark = new_page(DARK)
    for it in (page, dark):
        it.goto("/")
    assert [it.evaluate(BACKGROUND) for it in (page, dark)] == [LIGHT_BACKGROUND, DARK_BACKGROUND]

    dark.get_by_role("button", name="Switch to light theme").click()
    assert dark.evaluate(BACKGROUND) == LIGHT_BACKGROUND
    expect(dark.get_by_role("button", name="Switch to dark theme")).to_be_focused()
    dark.reload()
    expect(dark.get_by_role("button", name="Switch to dark theme")).to_be_visible()

    assert dark.evaluate(BACKGROUND) == LIGHT_BACKGROUND
    assert json.loads(dark.evaluate("JSON.stringify(localStorage)")) == {"keepreel.theme": "light"}


def test_no_view_is_wider_than_a_phone(
    new_page: Callable[..., Page],
    sign_in: Callable[..., SignedInUser],
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
) -> None:
    page = new_page(PHONE)
    page.goto("/", wait_until="networkidle")
    widths = {"signed out": page.evaluate(HORIZONTAL_OVERFLOW)}
    user = sign_in(page)
    finished_video(user, prompt="Donaudampfschifffahrtsgesellschaftskapitän" * 8)
    id = community_page.create_community(user, name="Donaudampfschifffahrtsgesellschaft" * 2)
    finished_video(user, community_id=id, type="promo")

    views = ("/#/", "/#/communities", "/#/communities/new", f"/#/communities/{id}", f"/#/communities/{id}/settings")
    for view in (*views, "/static/embed.html"):
        page.goto(view, wait_until="networkidle")
        widths[view] = page.evaluate(HORIZONTAL_OVERFLOW)

    assert widths == dict.fromkeys(widths, 0)


@pytest.mark.parametrize("missing", ["app/keepreel-app.js", "app/home-view.js", "gallery/video-card.js"])
def test_module_that_fails_to_load_once_is_fetched_again(
    missing: str, page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None]
) -> None:
    sign_in(page)
    dropped: list[str] = []

    def drop(route: Route) -> None:
        dropped.append(route.request.url)
        route.abort()

    page.route(f"**/{missing}", drop, times=1)
    expect_console(missing)

    page.goto("/")

    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    assert len(dropped) == 1
    assert page.evaluate("() => Object.keys(sessionStorage)") == ["keepreel.session"]


def test_module_that_never_loads_shows_a_reload_button(
    page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None]
) -> None:
    sign_in(page)
    page.route("**/app/home-view.js", lambda route: route.abort())
    expect_console("home-view.js")

    page.goto("/")
    button = page.get_by_role("button", name="Reload page")
    expect(button).to_be_visible()
    page.unroute_all()
    button.click()

    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()
