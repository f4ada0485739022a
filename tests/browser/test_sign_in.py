"""Every way to sign in: demo, password, invitation, sign-up and password reset."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from playwright.sync_api import Page, Route, expect

from local.aws import users
from local.stack import Stack
from tests.browser import sign_in_page

CHOSEN = "A-new-Passw0rd"


@pytest.mark.smoke
def test_demo_sign_in_survives_a_reload(page: Page, new_page: Callable[..., Page]) -> None:
    page.goto("/")

    page.get_by_role("button", name="Try the demo").click()
    sign_in_page.expect_signed_in(page)
    page.reload()

    sign_in_page.expect_signed_in(page)
    expect(page.get_by_text(users.DEMO_EMAIL)).to_be_visible()


@pytest.mark.parametrize("prefix", ["", "not-"], ids=["known", "unknown"])
def test_wrong_password_and_unknown_user_show_the_same_error(
    prefix: str, page: Page, email: str, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    page.goto("/")

    sign_in_page.submit(page, email=prefix + email, password="Keepreel-demo-2")

    expect(page.get_by_role("alert")).to_have_text("Incorrect email or password.")
    expect(page.get_by_label("Email")).to_have_value(re.compile(email))


def test_empty_fields_are_reported_without_a_request(page: Page, cognito_calls: list[dict[str, Any]]) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Sign in", exact=True)

    button.click()
    expect(page.get_by_role("alert")).to_have_text("Email is required.")
    page.get_by_label("Email").fill("somebody@example.com")
    button.click()

    expect(page.get_by_role("alert")).to_have_text("Password is required.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert cognito_calls == []


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

    sign_in_page.submit(page, email=email, password="Invited-12345")
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("12")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    sign_in_page.expect_signed_in(page)
    assert stack.users.sign_in(email, password=CHOSEN)


def test_sign_up_is_hidden_when_closed(page: Page) -> None:
    with page.expect_response("**/config.json") as config:
        page.goto("/")
    expect(page.get_by_role("button", name="Try the demo")).to_be_visible()

    assert config.value.json()["is_sign_up_open"] is False
    expect(page.get_by_role("button", name="Create account")).to_have_count(0)


def open_sign_up(route: Route) -> None:
    route.fulfill(json={**route.fetch().json(), "is_sign_up_open": True, "demo_user": None})


def test_open_sign_up_creates_confirms_and_signs_in(page: Page, cognito_calls: list[dict[str, Any]]) -> None:
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

    sign_in_page.expect_signed_in(page)
    assert [it["operation"] for it in cognito_calls] == ["SignUp", "ConfirmSignUp", "InitiateAuth"]


def test_forgotten_password_is_reset_with_a_code(page: Page, email: str, stack: Stack) -> None:
    page.goto("/")

    page.get_by_role("button", name="Forgot password?").click()
    page.get_by_label("Email").fill(email)
    with page.expect_response(lambda it: "ForgotPassword" in it.request.headers.get("x-amz-target", "")) as response:
        page.get_by_role("button", name="Send code").click()
    code = response.value.all_headers().get("x-moto-forgot-password-confirmation-code", "123456")
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("Confirmation code").fill(code)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Save and sign in").click()

    sign_in_page.expect_signed_in(page)
    assert stack.users.sign_in(email, password=CHOSEN)
