"""The page offline, on a slow connection, with a failing API, with an expired session, and with hostile text."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from local.aws import users
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories
from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PROMPT, HomePage
from tests.factories import finished_video

CARD_TITLE_CHARS = 160
API = re.compile(r"/v1/")
OFFLINE = "You are offline. The list updates when you are back online."
NO_CONNECTION = "No internet connection. Try again when you are online."
HOSTILE = [
    "<script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned = 1">',
    "</textarea></title></style><svg onload=window.pwned=1>",
    "javascript:window.pwned=1//",
    "${window.pwned = 1} {{window.pwned = 1}} #{window.pwned = 1} <%= 1 %>",
    "&lt;b&gt;bold&lt;/b&gt; &amp;#x27; %3Cscript%3E",
    "W" * 700,
    "👩‍🚀🇺🇦 ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a̴̵̜̰͔l̵g̛o",
]


def test_page_resumes_after_being_offline(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.page.clock.install()
    home.open()
    home.submit()
    expect(home.card(f"{PROMPT}, generating")).to_be_visible()
    path = home.video()["links"]["self"]

    with home.page.expect_response(f"**{path}"):
        pass  # the next poll is a second away
    home.page.context.set_offline(True)
    with home_page.record_requests(home.page, method="GET", path=path) as polls:
        for _ in range(8):
            home.page.clock.run_for(3000)
    assert polls == []
    expect(home.history.get_by_text(OFFLINE)).to_be_visible()
    expect(home.page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)
    kling.configure(finish_seconds=0)
    home.page.context.set_offline(False)

    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()
    expect(home.history.get_by_text(OFFLINE)).to_be_hidden()


def test_page_opened_without_the_api_loads_when_it_returns(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    finished_video(home.user, prompt=PROMPT)
    expect_console("net::ERR_INTERNET_DISCONNECTED")
    home.page.clock.install()
    home.page.route(API, lambda route: route.abort("internetdisconnected"))

    home.page.goto("/")
    with home.page.expect_request(API):  # the second of three tries
        home.page.clock.run_for(700)
    home.page.clock.run_for(2100)
    expect(home.history.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(home.form.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(home.generate).to_be_disabled()
    home.page.unroute(API)
    home.page.evaluate("() => dispatchEvent(new Event('online'))")

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.generate).to_be_enabled()
    expect(home.page.get_by_text(NO_CONNECTION)).to_have_count(0)


def test_slow_responses_show_placeholders_and_block_submitting(home: HomePage) -> None:
    finished_video(home.user, prompt=PROMPT)
    held = HeldRequests(home.page, API)

    home.page.goto("/")
    videos = home.history.get_by_role("list", name="Video History")
    expect(videos).to_have_attribute("aria-busy", "true")
    expect(videos.locator(".skeleton").first).to_be_visible()
    expect(home.history.get_by_text("No videos yet")).to_have_count(0)
    expect(home.generate).to_be_disabled()
    home.prompt.fill("Written meanwhile")
    home.prompt.press("Control+Enter")
    held.release()

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.generate).to_be_enabled()
    expect(home.prompt).to_have_value("Written meanwhile")
    assert [it["prompt"] for it in home.videos()] == [PROMPT]


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (500, {}, "Something went wrong on our side. Try again."),
        (429, {"Retry-After": "1"}, "Too many requests. Wait a moment and try again."),
    ],
)
def test_rejected_request_shows_the_error_and_keeps_the_prompt(
    status: int, headers: dict[str, str], message: str, home: HomePage, expect_console: Callable[[str], None]
) -> None:
    expect_console(f"status of {status}")
    home.open()
    home_page.intercept_create(home.page, lambda it: it.fulfill(status=status, headers=headers, json={"message": "No"}))

    home.submit()

    expect(home.form.get_by_role("alert").get_by_text(message)).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    home.page.unroute(home_page.VIDEOS)
    home.generate.click()
    expect(home.player).to_be_visible()
    expect(home.form.get_by_text(message)).to_have_count(0)
    assert len(home.videos()) == 1


def test_failed_history_request_shows_the_error_and_can_be_retried(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    finished_video(home.user, prompt=PROMPT)
    expect_console("status of 500")
    home.page.route(re.compile(r"/v1/videos\?limit=24$"), lambda it: it.fulfill(status=500, json={}), times=1)

    home.open()
    expect(home.history.get_by_text("Something went wrong on our side. Try again.")).to_be_visible()
    expect(home.history.get_by_text("No videos yet")).to_have_count(0)
    home.history.get_by_role("button", name="Try again").click()

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.history.get_by_role("alert").get_by_text("went wrong")).to_have_count(0)


def test_expired_session_returns_to_the_request_after_sign_in(
    home: HomePage, stack: Stack, expect_console: Callable[[str], None]
) -> None:
    def reject(route: Route) -> None:
        if "REFRESH_TOKEN_AUTH" not in (route.request.post_data or ""):
            return route.fallback()
        error = {"__type": "NotAuthorizedException", "message": "Refresh Token has expired"}
        return route.fulfill(status=400, json=error, headers={"Access-Control-Allow-Origin": "*"})

    expect_console("status of 400")
    home.page.route(f"{stack.aws_endpoint}/", reject)
    home.open()
    home.page.evaluate(
        "() => { const now = Date.now; Date.now = () => now() + 3_600_000; }"  # the token has expired
    )

    home.submit()

    sign_in = home.page.get_by_role("region", name="Sign in")
    expect(sign_in.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(sign_in.get_by_text("Your session has expired. Sign in again.")).to_be_visible()
    expect(home.form).to_have_count(0)
    assert home.videos() == []
    sign_in.get_by_role("textbox", name="Email").fill(home.user.email)
    sign_in.get_by_role("textbox", name="Password").fill(users.PASSWORD)
    sign_in.get_by_role("button", name="Sign in", exact=True).click()
    expect(home.prompt).to_have_value(PROMPT)
    home.form.get_by_role("button", name="Try again").click()

    expect(home.player).to_be_visible()
    assert home.video()["prompt"] == PROMPT


@pytest.fixture
def harmless(page: Page) -> Iterator[None]:
    """Assert that no hostile text was executed, widened the page or reached the URL."""
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)

    yield

    assert dialogs == []
    assert page.evaluate("() => window.pwned ?? null") is None
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert "pwned" not in page.url


@pytest.mark.usefixtures("harmless")
def test_hostile_text_stays_text_in_cards_details_and_toasts(home: HomePage) -> None:
    page = home.page
    factories.write(factories.record(home.user.owner, prompt=it, status="failed") for it in HOSTILE)
    cards = home.history.get_by_role("article")
    home.open()
    home_page.keep_toasts(page)
    expect(cards.get_by_role("heading")).to_have_text([card_title(it) for it in HOSTILE[::-1]])

    for number, text in enumerate(HOSTILE[::-1]):
        cards.nth(number).get_by_role("heading").get_by_role("button").click()
        expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_be_focused()
        expect(page.get_by_role("dialog").get_by_role("group", name="Prompt", exact=True)).to_have_text(text)
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator("toast-stack").get_by_text(f"Deleted: {text[:20]}").first).to_be_visible()
        home.button("Undo").click()
        expect(cards).to_have_count(len(HOSTILE))


@pytest.mark.usefixtures("harmless")
def test_hostile_text_stays_text_in_progress_list_and_form(home: HomePage) -> None:
    text = " ".join(HOSTILE)
    home.open()

    home.submit(text)
    expect(home.player).to_have_attribute("aria-label", text)
    expect(home.progress.get_by_role("heading")).to_have_text([text])
    expect(home.progress.get_by_role("heading")).to_have_attribute("title", text)
    home.history.get_by_role("button", name="Remix: ").click()

    expect(home.prompt).to_have_value(text)
    expect(home.form.get_by_text("Remix of")).to_contain_text(text)
    assert home.video()["prompt"] == text


def card_title(text: str) -> str:
    """Return the text as a card shows it."""
    return text if len(text) <= CARD_TITLE_CHARS else f"{text[: CARD_TITLE_CHARS - 1]}…"
