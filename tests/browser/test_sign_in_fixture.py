"""The `sign_in` fixture: each page gets its own session, which the page can end."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.signed_in import SignedInUser

STORED_SESSION = "() => JSON.parse(sessionStorage.getItem('keepreel.session'))"
LIST_VIDEO_IDS = """async () => {
    const { access_token: token } = JSON.parse(sessionStorage.getItem('keepreel.session'));
    const response = await fetch('/v1/videos', { headers: { Authorization: `Bearer ${token}` } });
    return (await response.json()).videos.map((it) => it.id);
}"""


def stored_session(page: Page) -> dict[str, Any] | None:
    session: dict[str, Any] | None = page.evaluate(STORED_SESSION)
    return session


def test_each_page_has_its_own_session(new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]) -> None:
    pages = new_page(), new_page()
    first, second = map(sign_in, pages)
    video = first.create_video().json()["id"]

    for page in pages:
        page.goto("/config.json")

    assert [page.evaluate(LIST_VIDEO_IDS) for page in pages] == [[video], []]
    first.follow(video)
    assert [session and session["email"] for session in map(stored_session, pages)] == [first.email, second.email]


def test_one_user_can_be_signed_in_on_two_pages(
    new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]
) -> None:
    first = sign_in(new_page())

    second = sign_in(new_page(), email=first.email)

    assert second.owner == first.owner


def test_sign_out_survives_a_reload(page: Page, sign_in: Callable[..., SignedInUser]) -> None:
    sign_in(page)
    page.goto("/config.json")

    page.evaluate("() => sessionStorage.clear()")
    page.reload()

    assert stored_session(page) is None
