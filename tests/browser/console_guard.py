"""Fail tests on console errors, uncaught exceptions, and requests to other hosts."""

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError
from playwright.sync_api import Error as BrowserError

OUR_HOST = "127.0.0.1"


class ConsoleGuard:
    """Collect the problems of all pages of the attached contexts, popups included."""

    def __init__(self) -> None:
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self._console_messages: list[str] = []
        self._other_problems: list[str] = []

    @property
    def pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages]

    def attach(self, context: BrowserContext) -> None:
        # Violations of the Content-Security-Policy are console messages, too.
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        self._contexts.append(context)

    def expect_console(self, text: str) -> None:
        """Allow console messages with this text or address, and require at least one by the end of the test."""
        self._expected.append(text)

    def problems(self) -> list[str]:
        self._settle()
        unexpected = [it for it in self._console_messages if not any(text in it for text in self._expected)]
        missing = [text for text in self._expected if not any(text in it for it in self._console_messages)]
        return [*unexpected, *self._other_problems, *(f"expected, but not on the console: {text}" for text in missing)]

    def _settle(self) -> None:
        """Wait for pending console messages: they arrive before the response to this query."""
        for page in self.pages:
            with suppress(BrowserError):  # the page has just been closed
                page.locator(":root").wait_for(state="attached")

    def _on_console(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        # A browser requests a missing icon only once per process, so only the test that happens to be first would fail.
        if message.type in ("error", "warning") and urlsplit(url).path != "/favicon.ico":
            self._console_messages.append(f"console {message.type}: {message.text} ({url})")

    def _on_error(self, error: WebError) -> None:
        self._other_problems.append(f"uncaught: {error.error}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("blob", "data") and address.hostname != OUR_HOST:
            self._other_problems.append(f"request to another host: {request.url}")
