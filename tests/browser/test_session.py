"""Sessions: every way to sign in, token renewal, and what remains after a sign-out."""

import json
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from playwright.sync_api import Page, Request, Route, expect

from local.aws import users
from local.stack import Stack
from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.signed_in import SignedInUser
from tests.browser.video_factory import finished_video

CHOSEN = "A-new-Passw0rd"
CHANGE = """changes => {
    const session = { ...JSON.parse(sessionStorage.getItem("keepreel.session")), ...changes };
    sessionStorage.setItem("keepreel.session", JSON.stringify(session));
}"""


@pytest.fixture
def auth(page: Page) -> list[dict[str, Any]]:
    """The page's Cognito requests: operation and parameters."""
    calls = []

    def read(request: Request) -> None:
        target = request.headers.get("x-amz-target")
        if target and request.method == "POST":
            calls.append({"operation": target.partition(".")[2], **json.loads(request.post_data or "{}")})

    page.on("request", read)
    return calls


@pytest.fixture
def email(stack: Stack) -> str:
    """Email address of a new user."""
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    return email


def submit_sign_in(page: Page, *, email: str, password: str = users.PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def is_renewal(request: Request) -> bool:
    return "REFRESH_TOKEN_AUTH" in (request.post_data or "")


def expect_signed_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()


def expect_signed_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def change_session(page: Page, **changes: Any) -> None:
    """Change the stored session, as if time had passed."""
    page.goto("/config.json")
    page.evaluate(CHANGE, changes)


@pytest.mark.smoke
def test_demo_sign_in_survives_a_reload(page: Page, new_page: Callable[..., Page]) -> None:
    page.goto("/")

    page.get_by_role("button", name="Try the demo").click()
    expect_signed_in(page)
    page.reload()

    expect_signed_in(page)
    expect(page.get_by_text(users.DEMO_EMAIL)).to_be_visible()


def test_session_is_not_shared_between_tabs(page: Page, sign_in: Callable[..., SignedInUser]) -> None:
    sign_in(page)
    page.goto("/")
    expect_signed_in(page)

    other_tab = page.context.new_page()
    other_tab.goto("/")

    expect_signed_out(other_tab)


@pytest.mark.parametrize("prefix", ["", "not-"], ids=["known", "unknown"])
def test_wrong_password_and_unknown_user_show_the_same_error(
    prefix: str, page: Page, email: str, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    page.goto("/")

    submit_sign_in(page, email=prefix + email, password="Keepreel-demo-2")

    expect(page.get_by_role("alert")).to_have_text("Incorrect email or password.")
    expect(page.get_by_label("Email")).to_have_value(re.compile(email))


def test_empty_fields_are_reported_without_a_request(page: Page, auth: list[dict[str, Any]]) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Sign in", exact=True)

    button.click()
    expect(page.get_by_role("alert")).to_have_text("Email is required.")
    page.get_by_label("Email").fill("somebody@example.com")
    button.click()

    expect(page.get_by_role("alert")).to_have_text("Password is required.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert auth == []


def test_invited_user_chooses_a_password_first(page: Page, stack: Stack) -> None:
    email = f"{uuid4().hex}@example.com"
    boto3.client("cognito-idp").admin_create_user(
        UserPoolId=stack.users.user_pool_id,
        Username=email,
        TemporaryPassword="Invited-12345",
        UserAttributes=[{"Name": "email", "Value": email}],
        MessageAction="SUPPRESS",
    )
    page.goto("/")

    submit_sign_in(page, email=email, password="Invited-12345")
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("12")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    expect_signed_in(page)
    assert stack.users.sign_in(email, password=CHOSEN)


def test_sign_up_is_hidden_when_closed(page: Page) -> None:
    with page.expect_response("**/config.json") as config:
        page.goto("/")
    expect(page.get_by_role("button", name="Try the demo")).to_be_visible()

    assert config.value.json()["is_sign_up_open"] is False
    expect(page.get_by_role("button", name="Create account")).to_have_count(0)


def open_sign_up(route: Route) -> None:
    route.fulfill(json={**route.fetch().json(), "is_sign_up_open": True, "demo_user": None})


def test_open_sign_up_creates_confirms_and_signs_in(page: Page, auth: list[dict[str, Any]]) -> None:
    page.route("**/config.json", open_sign_up)
    email = f"{uuid4().hex}@example.com"
    page.goto("/")

    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("status").filter(has_text="code")).to_have_text(f"We sent a code to {email}.")
    expect(page.get_by_label("Confirmation code")).to_be_focused()
    page.get_by_label("Confirmation code").fill("123456")
    page.get_by_role("button", name="Confirm", exact=True).click()

    expect_signed_in(page)
    assert [it["operation"] for it in auth] == ["SignUp", "ConfirmSignUp", "InitiateAuth"]


def test_forgotten_password_is_reset_with_a_code(page: Page, email: str, stack: Stack) -> None:
    page.goto("/")

    page.get_by_role("button", name="Forgot password?").click()
    page.get_by_label("Email").fill(email)
    with page.expect_response(lambda it: "ForgotPassword" in it.request.headers.get("x-amz-target", "")) as answer:
        page.get_by_role("button", name="Send code").click()
    code = answer.value.all_headers().get("x-moto-forgot-password-confirmation-code", "123456")
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("Confirmation code").fill(code)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    expect_signed_in(page)
    assert stack.users.sign_in(email, password=CHOSEN)


def test_expiring_token_is_renewed_once_for_concurrent_requests(
    page: Page, sign_in: Callable[..., SignedInUser], auth: list[dict[str, Any]]
) -> None:
    sign_in(page)
    change_session(page, expires_at=0, access_token="an-old-one")

    page.goto("/")
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()

    assert [it["AuthFlow"] for it in auth] == ["REFRESH_TOKEN_AUTH"]
    assert page.evaluate("() => JSON.parse(sessionStorage['keepreel.session']).expires_at > Date.now()")


def test_rejected_renewal_ends_the_session(
    page: Page, sign_in: Callable[..., SignedInUser], expect_console: Callable[[str], None]
) -> None:
    user = sign_in(page)
    change_session(page, expires_at=0, access_token="an-old-one", refresh_token="an-old-one")
    expect_console("status of 400")

    page.goto("/")

    expect_signed_out(page)
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
    expect_signed_in(page)


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
    submit_sign_in(page, email=other.email)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    with page.expect_response(lambda it: is_renewal(it.request)):
        held.wait_for()
        held.release()
    page.goto("/#/communities")

    expect(page.get_by_role("heading", name="No communities yet")).to_be_visible()
    assert [it.send("GET", f"/v1/communities/{id}").status_code for it in (user, other)] == [404, 404]


def test_sign_out_revokes_the_session_and_clears_all_data(
    page: Page,
    sign_in: Callable[..., SignedInUser],
    auth: list[dict[str, Any]],
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
    expect_signed_out(page)

    assert [(it["operation"], it["Token"]) for it in auth] == [("RevokeToken", token)]
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
    expect_signed_out(page)
