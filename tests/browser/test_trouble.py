"""When the line is down or slow, the API refuses, a session ends, or somebody writes what is meant to do harm."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from local.aws import users as identity
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories as on_record
from tests.browser import home_page as making
from tests.browser.home_page import PROMPT, Home
from tests.browser.signed_in import Visitor

CARD = 160  # characters of a prompt
API = re.compile(r"/v1/")
OFFLINE = "You are offline. The list goes on by itself when you are back."
NO_CONNECTION = "There is no connection right now. Try again when you are online."
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


@pytest.fixture
def home(page: Page, sign_in: Callable[..., Visitor], kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Home:
    return Home(page=page, person=sign_in(page))


def test_who_is_offline_for_a_while_is_told_quietly_and_everything_goes_on_by_itself(
    home: Home, kling: KlingSimulator
) -> None:
    kling.steer(finish_seconds=3600)
    home.page.clock.install()
    home.open()
    home.ask()
    expect(home.card(f"{PROMPT}, processing")).to_be_visible()
    path = home.video()["links"]["self"]

    with home.page.expect_response(f"**{path}"):
        pass  # the next one is a second away
    home.page.context.set_offline(True)
    with making.counted(home.page, method="GET", path=path) as asked:
        for _ in range(8):
            home.page.clock.run_for(3000)
    assert asked == []
    expect(home.history.get_by_text(OFFLINE)).to_be_visible()
    expect(home.page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)
    kling.steer(finish_seconds=0)
    home.page.context.set_offline(False)

    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()
    expect(home.history.get_by_text(OFFLINE)).to_be_hidden()


def test_a_page_that_was_opened_without_the_api_is_there_as_soon_as_that_is(
    home: Home, expect_console: Callable[[str], None]
) -> None:
    home.person.follow(home.person.ask(prompt=PROMPT).json()["id"])
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


def test_slow_answers_show_what_is_to_come_and_let_nothing_be_done_twice(home: Home) -> None:
    home.person.follow(home.person.ask(prompt=PROMPT).json()["id"])
    held: list[Route] = []
    home.page.route(API, lambda route: held.append(route))  # a bare method of a list is no handler

    home.page.goto("/")
    videos = home.history.get_by_role("list", name="Video History")
    expect(videos).to_have_attribute("aria-busy", "true")
    expect(videos.locator(".skeleton").first).to_be_visible()
    expect(home.history.get_by_text("Nothing here yet")).to_have_count(0)
    expect(home.generate).to_be_disabled()
    home.prompt.fill("Written meanwhile")
    home.prompt.press("Control+Enter")
    for route in held:
        route.continue_()
    home.page.unroute(API)

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.generate).to_be_enabled()
    expect(home.prompt).to_have_value("Written meanwhile")
    assert [it["prompt"] for it in home.videos()] == [PROMPT]


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (500, {}, "Something on our side did not work. Try again."),
        (429, {"Retry-After": "1"}, "Too many requests at once. Wait a moment and try again."),
    ],
)
def test_a_refusal_is_told_in_words_and_keeps_what_was_written(
    status: int, headers: dict[str, str], words: str, home: Home, expect_console: Callable[[str], None]
) -> None:
    expect_console(f"status of {status}")
    home.open()
    making.on_asking(home.page, lambda it: it.fulfill(status=status, headers=headers, json={"message": "No"}))

    home.ask()

    expect(home.form.get_by_role("alert").get_by_text(words)).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    home.page.unroute(making.VIDEOS)
    home.generate.click()
    expect(home.player).to_be_visible()
    expect(home.form.get_by_text(words)).to_have_count(0)
    assert len(home.videos()) == 1


def test_a_history_that_could_not_be_fetched_says_so_and_is_tried_again(
    home: Home, expect_console: Callable[[str], None]
) -> None:
    home.person.follow(home.person.ask(prompt=PROMPT).json()["id"])
    expect_console("status of 500")
    home.page.route(re.compile(r"/v1/videos\?limit=24$"), lambda it: it.fulfill(status=500, json={}), times=1)

    home.open()
    expect(home.history.get_by_text("Something on our side did not work. Try again.")).to_be_visible()
    expect(home.history.get_by_text("Nothing here yet")).to_have_count(0)
    home.history.get_by_role("button", name="Try again").click()

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.history.get_by_role("alert").get_by_text("did not work")).to_have_count(0)


def test_a_session_that_has_ended_leads_to_the_sign_in_and_from_there_back(
    home: Home, stack: Stack, expect_console: Callable[[str], None]
) -> None:
    def refuse(route: Route) -> None:
        if "REFRESH_TOKEN_AUTH" not in (route.request.post_data or ""):
            return route.fallback()
        said = {"__type": "NotAuthorizedException", "message": "Refresh Token has expired"}
        return route.fulfill(status=400, json=said, headers={"Access-Control-Allow-Origin": "*"})

    expect_console("status of 400")
    home.page.route(f"{stack.aws_endpoint}/", refuse)
    home.open()
    home.page.evaluate(
        "() => { const now = Date.now; Date.now = () => now() + 3_600_000; }"  # the token's hour is over
    )

    home.ask()

    sign_in = home.page.get_by_role("region", name="Sign in")
    expect(sign_in.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(sign_in.get_by_text("Your sign-in has ended. Sign in again.")).to_be_visible()
    expect(home.form).to_have_count(0)
    assert home.videos() == []
    sign_in.get_by_role("textbox", name="E-mail").fill(home.person.email)
    sign_in.get_by_role("textbox", name="Password").fill(identity.PASSWORD)
    sign_in.get_by_role("button", name="Sign in", exact=True).click()
    expect(home.prompt).to_have_value(PROMPT)
    home.form.get_by_role("button", name="Try again").click()

    expect(home.player).to_be_visible()
    assert home.video()["prompt"] == PROMPT


@pytest.fixture
def harmless(page: Page) -> Iterator[None]:
    """Nothing that somebody wrote runs, and nothing that was asked for names it."""
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
def test_what_somebody_wrote_is_a_text_in_cards_details_and_messages(home: Home) -> None:
    page = home.page
    on_record.write(on_record.record(home.person.owner, prompt=it, status="failed") for it in HOSTILE)
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards.get_by_role("heading")).to_have_text([short(it) for it in HOSTILE[::-1]])

    for number, text in enumerate(HOSTILE[::-1]):
        cards.nth(number).get_by_role("heading").get_by_role("button").click()
        expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_be_focused()
        expect(page.get_by_role("dialog").get_by_role("group", name="Prompt", exact=True)).to_have_text(text)
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator("toast-stack").get_by_text(f"Deleted: {text[:20]}").first).to_be_visible()
        home.button("Undo").click()
        expect(cards).to_have_count(len(HOSTILE))


@pytest.mark.usefixtures("harmless")
def test_what_somebody_wrote_is_a_text_on_the_stage_and_in_the_form(home: Home) -> None:
    text = " ".join(HOSTILE)
    home.open()

    home.ask(text)
    expect(home.player).to_have_attribute("aria-label", text)
    expect(home.stage.get_by_role("heading")).to_have_text([text])
    expect(home.stage.get_by_role("heading")).to_have_attribute("title", text)
    home.history.get_by_role("button", name="Remix: ").click()

    expect(home.prompt).to_have_value(text)
    expect(home.form.get_by_text("Remix of")).to_contain_text(text)
    assert home.video()["prompt"] == text


def short(text: str) -> str:
    """As on a card."""
    return text if len(text) <= CARD else f"{text[: CARD - 1]}…"
