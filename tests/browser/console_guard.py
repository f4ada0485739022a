"""Sees what must not happen on a page: a complaint on the console, an uncaught error, a request to another host."""

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError
from playwright.sync_api import Error as BrowserError

OURS = "127.0.0.1"


class Watch:
    """Over all pages of the contexts that it follows, popups included."""

    def __init__(self) -> None:
        self._contexts: list[BrowserContext] = []
        self._announced: list[str] = []
        self._complaints: list[str] = []
        self._others: list[str] = []

    @property
    def pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages]

    def follow(self, context: BrowserContext) -> None:
        # What a Content-Security-Policy forbids is a complaint on the console, too.
        context.on("console", self._read)
        context.on("weberror", self._catch)
        context.on("request", self._look_at)
        self._contexts.append(context)

    def expect_console(self, text: str) -> None:
        """Complaints with this in their text or address are fine, and by the end there must have been one."""
        self._announced.append(text)

    def problems(self) -> list[str]:
        self._settle()
        complaints = [it for it in self._complaints if not any(text in it for text in self._announced)]
        unsaid = [text for text in self._announced if not any(text in it for it in self._complaints)]
        return [*complaints, *self._others, *(f"announced, but not on the console: {text}" for text in unsaid)]

    def _settle(self) -> None:
        """What a page has said arrives before the answer to what it is asked now."""
        for page in self.pages:
            with suppress(BrowserError):  # it has just gone
                page.locator(":root").wait_for(state="attached")

    def _read(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        # A page without an icon: a browser tries that once in its life, so only whichever test came first would fail.
        if message.type in ("error", "warning") and urlsplit(url).path != "/favicon.ico":
            self._complaints.append(f"console {message.type}: {message.text} ({url})")

    def _catch(self, error: WebError) -> None:
        self._others.append(f"uncaught: {error.error}")

    def _look_at(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("blob", "data") and address.hostname != OURS:
            self._others.append(f"a request to another host: {request.url}")
