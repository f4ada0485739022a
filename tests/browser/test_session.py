"""Signing in and out by the page: every way in, how a session is kept going, and what is left when it ends."""

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
from tests.browser.signed_in import Visitor

CHOSEN = "A-new-Passw0rd"
CHANGE = """changes => {
    const session = { ...JSON.parse(sessionStorage.getItem("keepreel.session")), ...changes };
    sessionStorage.setItem("keepreel.session", JSON.stringify(session));
}"""


@pytest.fixture
def auth(page: Page) -> list[dict[str, Any]]:
    """What the page asks Cognito, as it goes: the operation and its request."""
    asked = []

    def read(request: Request) -> None:
        target = request.headers.get("x-amz-target")
        if target and request.method == "POST":
            asked.append({"operation": target.partition(".")[2], **json.loads(request.post_data or "{}")})

    page.on("request", read)
    return asked


@pytest.fixture
def somebody(stack: Stack) -> str:
    """A user's e-mail address."""
    email = f"{uuid4().hex}@example.com"
    stack.identity.add_user(email)
    return email


def sign_in_by_hand(page: Page, *, email: str, password: str = users.PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_signed_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()


def expect_signed_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def with_session(page: Page, **changes: Any) -> None:
    """Changes what the tab keeps, as if time had gone by."""
    page.goto("/config.json")
    page.evaluate(CHANGE, changes)


def test_one_click_signs_the_demo_user_in_and_a_reload_keeps_that(page: Page, new_page: Callable[..., Page]) -> None:
    page.goto("/")

    page.get_by_role("button", name="Try it as the demo user").click()
    expect_signed_in(page)
    page.reload()

    expect_signed_in(page)
    expect(page.get_by_text(users.DEMO_EMAIL)).to_be_visible()


def test_another_tab_has_no_part_in_a_session(page: Page, sign_in: Callable[..., Visitor]) -> None:
    sign_in(page)
    page.goto("/")
    expect_signed_in(page)

    other = page.context.new_page()
    other.goto("/")

    expect_signed_out(other)


@pytest.mark.parametrize("prefix", ["", "not-"], ids=["known", "unknown"])
def test_a_wrong_password_and_an_unknown_person_are_told_the_same(
    prefix: str, page: Page, somebody: str, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    page.goto("/")

    sign_in_by_hand(page, email=prefix + somebody, password="Keepreel-demo-2")

    expect(page.get_by_role("alert")).to_have_text("This e-mail and password do not go together.")
    expect(page.get_by_label("E-mail")).to_have_value(re.compile(somebody))


def test_what_is_missing_is_said_and_nobody_is_asked(page: Page, auth: list[dict[str, Any]]) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Sign in", exact=True)

    button.click()
    expect(page.get_by_role("alert")).to_have_text("E-mail is missing.")
    page.get_by_label("E-mail").fill("somebody@example.com")
    button.click()

    expect(page.get_by_role("alert")).to_have_text("Password is missing.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert auth == []


def test_who_was_invited_chooses_a_password_first(page: Page, stack: Stack) -> None:
    email = f"{uuid4().hex}@example.com"
    boto3.client("cognito-idp").admin_create_user(
        UserPoolId=stack.identity.user_pool_id,
        Username=email,
        TemporaryPassword="Invited-12345",
        UserAttributes=[{"Name": "email", "Value": email}],
        MessageAction="SUPPRESS",
    )
    page.goto("/")

    sign_in_by_hand(page, email=email, password="Invited-12345")
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("12")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    expect_signed_in(page)
    assert stack.identity.sign_in(email, password=CHOSEN)


def test_nobody_is_offered_an_account_where_that_is_closed(page: Page) -> None:
    with page.expect_response("**/config.json") as config:
        page.goto("/")
    expect(page.get_by_role("button", name="Try it as the demo user")).to_be_visible()

    assert config.value.json()["is_sign_up_open"] is False
    expect(page.get_by_role("button", name="Make an account")).to_have_count(0)


def open_sign_up(route: Route) -> None:
    route.fulfill(json={**route.fetch().json(), "is_sign_up_open": True, "demo_user": None})


def test_where_it_is_open_an_account_is_made_confirmed_and_signed_in(page: Page, auth: list[dict[str, Any]]) -> None:
    page.route("**/config.json", open_sign_up)
    email = f"{uuid4().hex}@example.com"
    page.goto("/")

    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("status").filter(has_text="code")).to_have_text(f"We have sent a code to {email}.")
    expect(page.get_by_label("Code from the e-mail")).to_be_focused()
    page.get_by_label("Code from the e-mail").fill("123456")
    page.get_by_role("button", name="Confirm", exact=True).click()

    expect_signed_in(page)
    assert [it["operation"] for it in auth] == ["SignUp", "ConfirmSignUp", "InitiateAuth"]


def test_a_forgotten_password_is_replaced_by_a_code(page: Page, somebody: str, stack: Stack) -> None:
    page.goto("/")

    page.get_by_role("button", name="Forgot the password?").click()
    page.get_by_label("E-mail").fill(somebody)
    with page.expect_response(lambda it: "ForgotPassword" in it.request.headers.get("x-amz-target", "")) as answer:
        page.get_by_role("button", name="Send a code").click()
    code = answer.value.all_headers().get("x-moto-forgot-password-confirmation-code", "123456")
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("Code from the e-mail").fill(code)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    expect_signed_in(page)
    assert stack.identity.sign_in(somebody, password=CHOSEN)


def test_a_token_that_ends_soon_is_renewed_once_for_all_who_ask(
    page: Page, sign_in: Callable[..., Visitor], auth: list[dict[str, Any]]
) -> None:
    sign_in(page)
    with_session(page, expires_at=0, access_token="an-old-one")

    page.goto("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()

    assert [it["AuthFlow"] for it in auth] == ["REFRESH_TOKEN_AUTH"]
    assert page.evaluate("() => JSON.parse(sessionStorage['keepreel.session']).expires_at > Date.now()")


def test_where_cognito_refuses_to_renew_it_one_has_to_sign_in(
    page: Page, sign_in: Callable[..., Visitor], expect_console: Callable[[str], None]
) -> None:
    visitor = sign_in(page)
    with_session(page, expires_at=0, access_token="an-old-one", refresh_token="an-old-one")
    expect_console("status of 400")

    page.goto("/")

    expect_signed_out(page)
    expect(page.get_by_text(visitor.email)).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_where_cognito_cannot_be_reached_a_token_that_still_holds_is_used(
    page: Page, sign_in: Callable[..., Visitor], expect_console: Callable[[str], None], stack: Stack
) -> None:
    sign_in(page)
    with_session(page, expires_at=(time.time() + 60) * 1000)
    page.route(f"{stack.aws_endpoint}/", lambda route: route.abort())
    expect_console("net::ERR_FAILED")

    page.goto("/")

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect_signed_in(page)


def test_a_renewal_that_fails_for_a_moment_is_tried_again_and_ends_no_session(
    page: Page, sign_in: Callable[..., Visitor], expect_console: Callable[[str], None], stack: Stack
) -> None:
    sign_in(page)
    with_session(page, expires_at=0, access_token="an-old-one")
    page.route(
        f"{stack.aws_endpoint}/", lambda route: route.abort(), times=2
    )  # asked whether it may be asked, and asked
    expect_console("net::ERR_FAILED")

    page.goto("/")

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_what_waits_for_a_renewal_never_goes_out_as_who_has_signed_in_meanwhile(
    page: Page,
    sign_in: Callable[..., Visitor],
    new_page: Callable[..., Page],
    stack: Stack,
    expect_console: Callable[[str], None],
) -> None:
    visitor, other = sign_in(page), sign_in(new_page())
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if "REFRESH_TOKEN_AUTH" in (route.request.post_data or "") else route.fallback()

    page.goto("/#/communities/new")
    page.get_by_label("Name", exact=True).fill("Friends")
    page.get_by_label("Address").fill(id := f"friends-{uuid4().hex[:10]}")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 57 * 60_000; }")
    page.route(f"{stack.aws_endpoint}/", hold)
    expect_console("status of 400")  # it comes too late: the session has been taken back

    with page.expect_request(lambda it: "REFRESH_TOKEN_AUTH" in (it.post_data or "")):
        page.get_by_role("button", name="Make the community").click()
    page.get_by_role("button", name="Sign out").click()
    sign_in_by_hand(page, email=other.email)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    with page.expect_response(lambda it: "REFRESH_TOKEN_AUTH" in (it.request.post_data or "")):
        held[0].continue_()
    page.goto("/#/communities")

    expect(page.get_by_role("heading", name="No community yet")).to_be_visible()
    assert [it.send("GET", f"/v1/communities/{id}").status_code for it in (visitor, other)] == [404, 404]


def test_who_signs_out_leaves_nothing_behind(
    page: Page,
    sign_in: Callable[..., Visitor],
    auth: list[dict[str, Any]],
    stack: Stack,
    expect_console: Callable[[str], None],
) -> None:
    visitor = sign_in(page)
    video = visitor.ask(prompt="A secret paper boat").json()
    visitor.follow(video["id"])
    page.goto("/")
    expect(page.get_by_role("article", name="A secret paper boat")).to_be_visible()
    token = page.evaluate("() => JSON.parse(sessionStorage['keepreel.session']).refresh_token")
    home_page.on_asking(page, lambda route: route.abort())
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
            ClientId=stack.identity.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )
    assert page.evaluate("() => [sessionStorage.length, localStorage.length]") == [0, 0]
    for secret in (visitor.email, "A secret paper boat", "A secret stone"):
        expect(page.get_by_text(secret)).to_have_count(0)
    page.goto("/#/communities")
    expect_signed_out(page)
