"""Sessions: isolation between tabs, token renewal, and what remains after a sign-out."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from playwright.sync_api import Page, Request, expect

from local.aws import users
from local.stack import Stack
from tests.browser import home_page, sign_in_page
from tests.browser.held_requests import HeldRequests
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

CHANGE = """changes => {
    const session = { ...JSON.parse(sessionStorage.getItem("keepreel.session")), ...changes };
    sessionStorage.setItem("keepreel.session", JSON.stringify(session));
}"""

IMPORT = "const load = (path) => import(new URL(path, document.querySelector(`script[src$='/embed.js']`).src));"
SIGN_IN = f"""async ([email, password]) => {{
    {IMPORT}
    await (await load("data/session.js")).session.signIn(email, password);
}}"""
SIGN_OUT = f"""async () => {{
    {IMPORT}
    await (await load("data/session.js")).session.signOut();
}}"""
SHOW_PROGRESS = f"""async (videos) => {{
    {IMPORT}
    await load("components/video/video-progress-list.js");
    document.body.appendChild(document.createElement("video-progress-list")).show(videos);
}}"""


def is_renewal(request: Request) -> bool:
    return "REFRESH_TOKEN_AUTH" in (request.post_data or "")


def change_session(page: Page, **changes: Any) -> None:
    """Change the stored session, as if time had passed."""
    page.goto("/config.json")
    page.evaluate(CHANGE, changes)


def test_session_is_not_shared_between_tabs(page: Page, sign_in: Callable[..., SignedInUser]) -> None:
    sign_in(page)
    page.goto("/")
    sign_in_page.expect_signed_in(page)

    other_tab = page.context.new_page()
    other_tab.goto("/")

    sign_in_page.expect_signed_out(other_tab)


def test_expiring_token_is_renewed_once_for_concurrent_requests(
    page: Page, sign_in: Callable[..., SignedInUser], cognito_calls: list[dict[str, Any]]
) -> None:
    sign_in(page)
    change_session(page, expires_at=0, access_token="an-old-one")

    page.goto("/")
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()

    assert [it["AuthFlow"] for it in cognito_calls] == ["REFRESH_TOKEN_AUTH"]
    assert page.evaluate("() => JSON.parse(sessionStorage['keepreel.session']).expires_at > Date.now()")


def test_rejected_renewal_ends_the_session(
    page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None]
) -> None:
    user = sign_in(page)
    change_session(page, expires_at=0, access_token="an-old-one", refresh_token="an-old-one")
    expect_console("status of 400")

    page.goto("/")

    sign_in_page.expect_signed_out(page)
    expect(page.get_by_text(user.email)).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_valid_token_is_used_while_cognito_is_unreachable(
    page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None], stack: Stack
) -> None:
    sign_in(page)
    change_session(page, expires_at=(time.time() + 240) * 1000)  # soon enough to be renewed, long enough to be used
    page.route(f"{stack.aws_endpoint}/", lambda route: route.abort())
    expect_console("net::ERR_FAILED")

    page.goto("/")

    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    sign_in_page.expect_signed_in(page)


def test_failed_renewal_is_retried(
    page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None], stack: Stack
) -> None:
    sign_in(page)
    change_session(page, expires_at=0, access_token="an-old-one")
    page.route(f"{stack.aws_endpoint}/", lambda route: route.abort(), times=2)  # the preflight and the request
    expect_console("net::ERR_FAILED")

    page.goto("/")

    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_request_waiting_for_renewal_is_never_sent_as_another_user(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    new_page: Callable[..., Page],
    stack: Stack,
    expect_console: Callable[[str], None],
) -> None:
    user, other = sign_in(page), sign_in(new_page())
    page.goto("/#/communities/new")
    page.get_by_label("Name", exact=True).fill("Friends")
    page.get_by_label("Address").fill(id := f"friends-{uuid4().hex[:10]}")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 57 * 60_000; }")
    held = HeldRequests(page, f"{stack.aws_endpoint}/", matches=is_renewal)
    expect_console("status of 400")  # the renewal arrives after the session was revoked

    with page.expect_request(is_renewal):
        page.get_by_role("button", name="Create community").click()
    page.get_by_role("button", name="Sign out").click()
    sign_in_page.submit(page, email=other.email)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    with page.expect_response(lambda it: is_renewal(it.request)):
        held.wait_for()
        held.release()
    page.goto("/#/communities")

    expect(page.get_by_role("heading", name="No communities yet")).to_be_visible()
    assert [it.send("GET", f"/v1/communities/{id}").status_code for it in (user, other)] == [404, 404]


def test_new_videos_stay_for_the_same_user_and_not_for_another(
    page: Page, new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]
) -> None:
    user, other = sign_in(new_page()), sign_in(new_page())
    video = finished_video(user, prompt="A secret paper boat")
    page.goto("/static/embed.html")
    page.evaluate(SIGN_IN, [user.email, users.PASSWORD])
    page.evaluate(SHOW_PROGRESS, [video])
    shown = page.get_by_role("list", name="New videos").get_by_role("heading", name="A secret paper boat")
    expect(shown).to_be_visible()

    page.evaluate(SIGN_OUT)
    page.evaluate(SIGN_IN, [user.email, users.PASSWORD])
    expect(shown).to_be_visible()
    page.evaluate(SIGN_IN, [other.email, users.PASSWORD])

    expect(shown).to_have_count(0)


def test_sign_out_revokes_the_session_and_clears_all_data(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    cognito_calls: list[dict[str, Any]],
    stack: Stack,
    expect_console: Callable[[str], None],
) -> None:
    user = sign_in(page)
    finished_video(user, prompt="A secret paper boat")
    page.goto("/")
    expect(page.get_by_role("article", name="A secret paper boat")).to_be_visible()
    token = page.evaluate("() => JSON.parse(sessionStorage['keepreel.session']).refresh_token")
    home_page.intercept_create(page, lambda route: route.abort())
    expect_console("net::ERR_FAILED")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("A secret stone")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("form").get_by_role("button", name="Try again")).to_be_visible()
    assert "A secret stone" in page.evaluate("() => JSON.stringify(sessionStorage)")

    with page.expect_response(lambda it: "RevokeToken" in it.request.headers.get("x-amz-target", "")):
        page.get_by_role("button", name="Sign out").click()
    sign_in_page.expect_signed_out(page)

    assert [(it["operation"], it["Token"]) for it in cognito_calls] == [("RevokeToken", token)]
    client = boto3.client("cognito-idp")
    with pytest.raises(client.exceptions.NotAuthorizedException):
        client.initiate_auth(
            ClientId=stack.users.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )
    assert page.evaluate("() => [sessionStorage.length, localStorage.length]") == [0, 0]
    for secret in (user.email, "A secret paper boat", "A secret stone"):
        expect(page.get_by_text(secret)).to_have_count(0)
    page.goto("/#/communities")
    sign_in_page.expect_signed_out(page)
