"""What a watch over a page sees, and what of that a test may announce."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import mini_site as site
from tests.browser.console_guard import Watch

SEEN = {
    "<script>console.error('broken', 7)</script>": [r"console error: broken 7 \(http://127\.0\.0\.1:\d+/\)"],
    "<script>console.warn('odd')</script>": [r"console warning: odd \(.+\)"],
    "<script>throw new TypeError('broken')</script>": ["uncaught: broken"],
    "<script>Promise.reject(new Error('broken'))</script>": ["uncaught: broken"],
    "<img alt='' src='/missing.png'>": [r"console error: .+ status of 404 .+ \(http://127\.0\.0\.1:\d+/missing\.png\)"],
    "<img alt='' src='http://localhost:8000/it.png'>": [
        r"console error: .+ net::ERR_NAME_NOT_RESOLVED \(http://localhost:8000/it\.png\)",
        r"a request to another host: http://localhost:8000/it\.png",
    ],
    "<p style='color: red'>Red</p>": [r"console error: .+ Content Security Policy directive .+ \(.+\)"],
    "<script>eval('1')</script>": ["uncaught: .+ Content Security Policy .+"],
}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def problems(html: str, *, context: BrowserContext, announced: tuple[str, ...] = ()) -> list[str]:
    watch = Watch()
    watch.follow(context)
    with site.serving(html) as url:
        context.new_page().goto(url)
        for text in announced:
            watch.expect_console(text)
        return watch.problems()


@pytest.mark.parametrize("html", SEEN)
def test_what_must_not_happen_is_seen(html: str, context: BrowserContext) -> None:
    seen = problems(html, context=context)

    assert len(seen) == len(SEEN[html]), seen
    for problem, pattern in zip(seen, SEEN[html], strict=True):
        assert re.fullmatch(pattern, problem, re.DOTALL), problem


@pytest.mark.parametrize("html", ["<p>Good morning</p>", "<script>console.info('all is well')</script>"])
def test_a_page_at_which_nothing_is_wrong_is_let_be(html: str, context: BrowserContext) -> None:
    assert problems(html, context=context) == []


def test_what_a_popup_does_is_seen_too(context: BrowserContext) -> None:
    watch = Watch()
    watch.follow(context)

    with site.serving("<script>if (opener) console.error('broken')</script>") as url:
        page = context.new_page()
        page.goto(url)
        with page.expect_popup():
            page.evaluate("() => { open('/'); }")
        seen = watch.problems()

    assert [it.partition(" (")[0] for it in seen] == ["console error: broken"]


def test_what_was_announced_is_fine_and_the_rest_is_not(context: BrowserContext) -> None:
    html = "<script>console.error('broken'); console.error('lost')</script><img alt='' src='/missing.png'>"

    seen = problems(html, context=context, announced=("broken", "/missing.png"))

    assert [it.partition(" (")[0] for it in seen] == ["console error: lost"]


def test_what_was_announced_and_did_not_come_is_a_problem(context: BrowserContext) -> None:
    assert problems("", context=context, announced=("status of 409",)) == [
        "announced, but not on the console: status of 409"
    ]


def test_an_uncaught_error_cannot_be_announced(context: BrowserContext) -> None:
    html = "<script>console.error('broken'); throw new Error('broken')</script>"

    assert problems(html, context=context, announced=("broken",)) == ["uncaught: broken"]
