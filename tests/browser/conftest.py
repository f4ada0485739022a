"""A real browser, and pages that are watched: whatever goes wrong on one fails its test."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, suppress
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import accessibility, chromium, signed_in
from tests.browser.chromium import EVERYBODY, Look
from tests.browser.console_guard import Watch
from tests.browser.signed_in import Visitor

PATIENCE_MS = 10_000  # for the slowest machine; nothing waits that long where all is well

expect.set_options(timeout=PATIENCE_MS)
_watch = pytest.StashKey[Watch]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: no stack starts in vain, and the summary gives a reason once for all that it skips."""
    needed = item.fixturenames if isinstance(item, pytest.Function) else []
    if "browser" in needed and chromium.path() is None:
        _go_without(chromium.MISSING, item.config)
    if "assert_accessible" in needed and not accessibility.AXE.exists():
        _go_without(accessibility.MISSING, item.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """What went wrong on the test's pages is the test's own failure, and explains any other."""
    watch = item.stash.get(_watch, Watch())
    try:
        yield
    except Exception as error:
        for note in (*watch.problems(), *_pictures(watch.pages, test=item)):
            error.add_note(note)
        raise
    if problems := watch.problems():
        pytest.fail("\n".join((*problems, *_pictures(watch.pages, test=item))), pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        yield browser


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Watch:
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(_watch, Watch())


@pytest.fixture
def expect_console(watch: Watch) -> Callable[[str], None]:
    """Announces what is on the console: `expect_console("status of 404")`, as the browser reports every such answer."""
    return watch.expect_console


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    return stack.url


@pytest.fixture
def new_page(browser: Browser, base_url: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`new_page(PHONE, DARK)`: each has a browser's context, and so a person, of its own."""
    with ExitStack() as closing:

        def open_page(*looks: Look) -> Page:
            options = {name: value for look in (EVERYBODY, *looks) for name, value in look.items()}
            context = browser.new_context(base_url=base_url, **options)
            closing.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            watch.follow(context)
            return context.new_page()

        yield open_page


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def sign_in(stack: Stack) -> Callable[..., Visitor]:
    """`sign_in(page)` as somebody new, or as whose `email` is given. Open a page of ours after that, not before."""

    def sign_in_to(page: Page, *, email: str | None = None) -> Visitor:
        if email is None:
            email = f"{uuid4().hex}@example.com"
            stack.identity.add_user(email)
        return signed_in.sign_in(page, stack=stack, email=email)

    return sign_in_to


@pytest.fixture
def take_long(kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Iterator[Callable[[float], None]]:
    """`take_long(600)` for videos that stay in the making, and `take_long(0)` to have them finished."""

    def steer(finish_seconds: float) -> None:
        for simulator in (kling, higgsfield):
            simulator.steer(finish_seconds=finish_seconds)

    yield steer
    steer(0)  # before either of the two is waited for


@pytest.fixture
def fail_next(kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Callable[[], None]:
    """The next video fails, whoever makes it."""

    def fail() -> None:
        for simulator in (kling, higgsfield):
            simulator.fault(on="create", kind="task_fails")

    return fail


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    def look(page: Page) -> None:
        assert accessibility.violations(page) == []

    return look


def _go_without(reason: str, config: pytest.Config) -> None:
    if config.getoption("--require-browser"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _pictures(pages: list[Page], *, test: pytest.Item) -> Iterator[str]:
    folder, name = test.config.rootpath / ".keepreel/browser", re.sub(r"[^A-Za-z0-9]+", "-", test.nodeid)
    for number, page in enumerate(pages, start=1):
        path = folder / f"{name}-{number}.png"
        with suppress(BrowserError):  # it has gone, or hangs
            page.screenshot(path=path)
            yield f"how page {number} looked: {path}"
