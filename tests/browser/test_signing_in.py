"""Signing a page in without its form: the session is the page's own to end, and each page has one of its own."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.signed_in import Visitor

KEPT = "() => JSON.parse(sessionStorage.getItem('keepreel.session'))"
LISTED = """async () => {
    const { access_token: token } = JSON.parse(sessionStorage.getItem('keepreel.session'));
    const answer = await fetch('/v1/videos', { headers: { Authorization: `Bearer ${token}` } });
    return (await answer.json()).videos.map((it) => it.id);
}"""


def kept(page: Page) -> dict[str, Any] | None:
    session: dict[str, Any] | None = page.evaluate(KEPT)
    return session


def test_each_page_has_a_session_of_its_own(new_page: Callable[..., Page], sign_in: Callable[..., Visitor]) -> None:
    pages = new_page(), new_page()
    one, other = map(sign_in, pages)
    video = one.ask().json()["id"]

    for page in pages:
        page.goto("/config.json")

    assert [page.evaluate(LISTED) for page in pages] == [[video], []]
    one.follow(video)
    assert [session and session["email"] for session in map(kept, pages)] == [one.email, other.email]


def test_a_person_can_be_at_two_pages(new_page: Callable[..., Page], sign_in: Callable[..., Visitor]) -> None:
    first = sign_in(new_page())

    again = sign_in(new_page(), email=first.email)

    assert again.owner == first.owner


def test_who_has_signed_out_stays_so(page: Page, sign_in: Callable[..., Visitor]) -> None:
    sign_in(page)
    page.goto("/config.json")

    page.evaluate("() => sessionStorage.clear()")
    page.reload()

    assert kept(page) is None
