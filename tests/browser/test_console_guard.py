"""The console guard reports problems and honors expected messages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import mini_site
from tests.browser.console_guard import ConsoleGuard

PROBLEMS = {
    "<script>console.error('broken', 7)</script>": [r"console error: broken 7 \(http://127\.0\.0\.1:\d+/\)"],
    "<script>console.warn('odd')</script>": [r"console warning: odd \(.+\)"],
    "<script>throw new TypeError('broken')</script>": ["uncaught: broken"],
    "<script>Promise.reject(new Error('broken'))</script>": ["uncaught: broken"],
    "<img alt='' src='/missing.png'>": [r"console error: .+ status of 404 .+ \(http://127\.0\.0\.1:\d+/missing\.png\)"],
    "<img alt='' src='http://localhost:8000/it.png'>": [
        r"console error: .+ net::ERR_NAME_NOT_RESOLVED \(http://localhost:8000/it\.png\)",
        r"request to another host: http://localhost:8000/it\.png",
    ],
    "<p style='color: red'>Red</p>": [r"console error: .+ Content Security Policy directive .+ \(.+\)"],
    "<script>eval('1')</script>": ["uncaught: .+ Content Security Policy .+"],
}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def problems_of(html: str, *, context: BrowserContext, expected: tuple[str, ...] = ()) -> list[str]:
    console_guard = ConsoleGuard()
    console_guard.attach(context)
    with mini_site.serve(html) as url:
        context.new_page().goto(url)
        for text in expected:
            console_guard.expect_console(text)
        return console_guard.problems()


@pytest.mark.parametrize("html", PROBLEMS)
def test_problem_is_reported(html: str, context: BrowserContext) -> None:
    reported = problems_of(html, context=context)

    assert len(reported) == len(PROBLEMS[html]), reported
    for problem, pattern in zip(reported, PROBLEMS[html], strict=True):
        assert re.fullmatch(pattern, problem, re.DOTALL), problem


@pytest.mark.parametrize("html", ["<p>Good morning</p>", "<script>console.info('all is well')</script>"])
def test_page_without_problems_is_accepted(html: str, context: BrowserContext) -> None:
    assert problems_of(html, context=context) == []


def test_problem_in_a_popup_is_reported(context: BrowserContext) -> None:
    console_guard = ConsoleGuard()
    console_guard.attach(context)

    with mini_site.serve("<script>if (opener) console.error('broken')</script>") as url:
        page = context.new_page()
        page.goto(url)
        with page.expect_popup():
            page.evaluate("() => { open('/'); }")
        reported = console_guard.problems()

    assert [it.partition(" (")[0] for it in reported] == ["console error: broken"]


def test_expected_message_is_allowed_and_others_are_reported(context: BrowserContext) -> None:
    html = "<script>console.error('broken'); console.error('lost')</script><img alt='' src='/missing.png'>"

    reported = problems_of(html, context=context, expected=("broken", "/missing.png"))

    assert [it.partition(" (")[0] for it in reported] == ["console error: lost"]


def test_missing_expected_message_is_reported(context: BrowserContext) -> None:
    assert problems_of("", context=context, expected=("status of 409",)) == [
        "expected, but not on the console: status of 409"
    ]


def test_uncaught_error_cannot_be_expected(context: BrowserContext) -> None:
    html = "<script>console.error('broken'); throw new Error('broken')</script>"

    assert problems_of(html, context=context, expected=("broken",)) == ["uncaught: broken"]
