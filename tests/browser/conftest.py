"""Fixtures for the browser tests: Chromium, guarded pages, signed-in users and simulator controls."""

import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import accessibility, chromium, signed_in
from tests.browser.chromium import DEFAULTS, ContextOptions
from tests.browser.console_guard import ConsoleGuard
from tests.browser.home_page import HomePage
from tests.browser.signed_in import SignedInUser

PATIENCE_MS = 60_000  # only failing tests wait that long; a loaded machine needs much of it

expect.set_options(timeout=PATIENCE_MS)
_guard = pytest.StashKey[ConsoleGuard]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip before any fixture runs, so no stack starts for a skipped test and the summary gives each reason once."""
    needed = item.fixturenames if isinstance(item, pytest.Function) else []
    if "browser" in needed and chromium.path() is None:
        _skip_or_fail(chromium.MISSING, item.config)
    if "assert_accessible" in needed and not accessibility.AXE.exists():
        _skip_or_fail(accessibility.MISSING, item.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the test on problems of its pages, and add them to any other failure, because they often explain it."""
    guard = item.stash.get(_guard, ConsoleGuard())
    try:
        yield
    except Exception as error:
        for note in (*guard.problems(), *_screenshots(guard.pages, test=item)):
            error.add_note(note)
        raise
    if problems := guard.problems():
        pytest.fail("\n".join((*problems, *_screenshots(guard.pages, test=item))), pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        yield browser


@pytest.fixture
def console_guard(request: pytest.FixtureRequest) -> ConsoleGuard:
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(_guard, ConsoleGuard())


@pytest.fixture
def expect_console(console_guard: ConsoleGuard) -> Callable[[str], None]:
    """Expect an error on the console. `expect_console("status of 404")` matches Chromium's text for a 404 response."""
    return console_guard.expect_console


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    return stack.url


@pytest.fixture
def new_page(browser: Browser, base_url: str, console_guard: ConsoleGuard) -> Iterator[Callable[..., Page]]:
    """Open a page in a new browser context: `new_page(PHONE, DARK)`."""
    with ExitStack() as closing:

        def open_page(*options: ContextOptions) -> Page:
            merged = {name: value for it in (DEFAULTS, *options) for name, value in it.items()}
            context = browser.new_context(base_url=base_url, **merged)
            closing.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            console_guard.attach(context)
            return context.new_page()

        yield open_page


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def sign_in(stack: Stack) -> Callable[..., SignedInUser]:
    """Sign a page in, as a new user or with `email`, before it opens the app: `sign_in(page)`."""

    def sign_in_to(page: Page, *, email: str | None = None) -> SignedInUser:
        if email is None:
            email = f"{uuid4().hex}@example.com"
            stack.users.add_user(email)
        return signed_in.sign_in(page, stack=stack, email=email)

    return sign_in_to


@pytest.fixture
def user(page: Page, sign_in: Callable[..., SignedInUser]) -> SignedInUser:
    """A new user who is signed in on `page`."""
    return sign_in(page)


@pytest.fixture
def email(stack: Stack) -> str:
    """Email address of a new user."""
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    return email


@pytest.fixture
def cognito_calls(page: Page) -> list[dict[str, Any]]:
    """The page's Cognito requests: operation and parameters."""
    calls = []

    def read(request: Request) -> None:
        target = request.headers.get("x-amz-target")
        if target and request.method == "POST":
            calls.append({"operation": target.partition(".")[2], **json.loads(request.post_data or "{}")})

    page.on("request", read)
    return calls


@pytest.fixture
def home(page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> HomePage:
    return HomePage(page=page, user=user)


@pytest.fixture
def set_finish_seconds(kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Iterator[Callable[[float], None]]:
    """Set how long the simulators take: `set_finish_seconds(600)` keeps videos unfinished, 0 finishes them."""

    def configure(finish_seconds: float) -> None:
        for simulator in (kling, higgsfield):
            simulator.configure(finish_seconds=finish_seconds)

    yield configure
    configure(0)  # before the simulators' fixtures wait until all workflows have ended


@pytest.fixture
def fail_next_video(kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Callable[[], None]:
    """Make the next video fail at whichever provider it is submitted to."""

    def fail() -> None:
        for simulator in (kling, higgsfield):
            simulator.fault(on="create", kind="task_fails")

    return fail


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        assert accessibility.violations(page) == []

    return check


def _skip_or_fail(reason: str, config: pytest.Config) -> None:
    if config.getoption("--require-browser"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _screenshots(pages: list[Page], *, test: pytest.Item) -> Iterator[str]:
    folder, name = test.config.rootpath / ".keepreel/browser", re.sub(r"[^A-Za-z0-9]+", "-", test.nodeid)
    for number, page in enumerate(pages, start=1):
        path = folder / f"{name}-{number}.png"
        with suppress(BrowserError):  # the page is closed or does not respond
            page.screenshot(path=path)
            yield f"screenshot of page {number}: {path}"
