"""The sign-in form, and checks of the signed-in state."""

from playwright.sync_api import Page, expect

from local.aws import users


def submit(page: Page, *, email: str, password: str = users.PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_signed_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Video Generator")).to_be_visible()


def expect_signed_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
