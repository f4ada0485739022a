"""Hold a page's requests back until a test releases them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, Route

from tests.browser.home_page import eventually


class HeldRequests:
    """Matching requests wait from now on until `release`; later ones pass."""

    def __init__(
        self, page: Page, url: str | re.Pattern[str], *, matches: Callable[[Request], bool] = lambda _: True
    ) -> None:
        self._page = page
        self._matches = matches
        self._routes: list[Route] = []
        self._matching = 0
        self._is_released = False
        page.route(url, self._handle)

    def __len__(self) -> int:
        """Return how many matching requests there were, held or not."""
        return self._matching

    def wait_for(self, count: int = 1) -> None:
        """Wait until this many requests are held. A page may show its effect before its request arrives here."""
        assert eventually(lambda: len(self) >= count, page=self._page), f"{len(self)} of {count}"

    def release(self) -> None:
        self._is_released = True
        for route in self._routes:
            route.continue_()

    def _handle(self, route: Route) -> None:
        if not self._matches(route.request):
            route.fallback()
            return
        self._matching += 1
        if self._is_released:
            route.fallback()
        else:
            self._routes.append(route)
