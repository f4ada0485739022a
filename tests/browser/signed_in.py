"""Sign a page in without using its form."""

import time
from dataclasses import dataclass

import boto3
from playwright.sync_api import Page

from local.aws import users
from local.stack import Stack
from tests.api_client import ApiClient

_BLANK = '<!doctype html><link rel="icon" href="data:,">'  # without an icon, Chromium requests /favicon.ico
_STORE = "session => sessionStorage.setItem('keepreel.session', JSON.stringify(session))"


@dataclass(kw_only=True)
class SignedInUser(ApiClient):
    """An API client for the user who is signed in on a page."""

    email: str


def sign_in(page: Page, *, stack: Stack, email: str) -> SignedInUser:
    """Store the session that the page's sign-in form would store in this tab. Pages opened next are signed in."""
    tokens = boto3.client("cognito-idp").initiate_auth(
        ClientId=stack.users.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": users.PASSWORD},
    )["AuthenticationResult"]
    session = {
        "email": email,
        "access_token": tokens["AccessToken"],
        "refresh_token": tokens["RefreshToken"],
        "expires_at": (time.time() + tokens["ExpiresIn"]) * 1000,
    }
    _store(page, session, url=f"{stack.url}/blank")
    return SignedInUser(url=stack.url, token=tokens["AccessToken"], wait_until=stack.wait_until, email=email)


def _store(page: Page, session: dict[str, object], *, url: str) -> None:
    """Write the session from a blank page of our origin, which the server never sees.

    Not by an init script: it runs in every document, so it would sign the user in again after a sign-out.
    """
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=_BLANK))
    page.goto(url)
    page.evaluate(_STORE, session)
    page.unroute(url)
