"""A page of somebody else, at the one other origin that may embed ours and call the API. The network never sees it."""

from playwright.sync_api import Page

from local.stack import Stack

_PAGE = '<!doctype html><html lang="en"><title>A dashboard</title><link rel="icon" href="data:,"><body>{}</body></html>'


def show(page: Page, html: str, *, stack: Stack) -> None:
    """`$keepreel` in it is where our elements come from."""
    url = f"{stack.template.parameters['ApiOrigin']}/dashboard"
    body = _PAGE.format(html).replace("$keepreel", stack.url)
    # Chromium takes a page that came from no server for one of the internet, which may not ask this machine.
    page.context.grant_permissions(["local-network-access"])
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(url)
