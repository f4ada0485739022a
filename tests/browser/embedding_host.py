"""A third-party page that embeds Keepreel's elements, served from memory at the allowed `ApiOrigin`."""

from playwright.sync_api import Page

from local.stack import Stack

_PAGE = '<!doctype html><html lang="en"><title>A dashboard</title><link rel="icon" href="data:,"><body>{}</body></html>'


def show(page: Page, html: str, *, stack: Stack) -> None:
    """Open a page with this body; `$keepreel` in it becomes the stack's URL."""
    url = f"{stack.template.parameters['ApiOrigin']}/dashboard"
    body = _PAGE.format(html).replace("$keepreel", stack.url)
    # Chromium treats a page that came from no server as a public one, which may not call this machine.
    page.context.grant_permissions(["local-network-access"])
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(url)
