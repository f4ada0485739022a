"""A person with a page of the stack open, signed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import boto3
from playwright.sync_api import Page

from local.aws import users
from local.stack import Stack
from tests.api_client import Person

_BLANK = '<!doctype html><link rel="icon" href="data:,">'  # without an icon it would ask for /favicon.ico
_KEEP = "session => sessionStorage.setItem('keepreel.session', JSON.stringify(session))"


@dataclass(kw_only=True)
class Visitor(Person):
    email: str


def sign_in(page: Page, *, stack: Stack, email: str) -> Visitor:
    """Leaves this page's tab with the session that the page's own form would leave; what opens next is signed in."""
    tokens = boto3.client("cognito-idp").initiate_auth(
        ClientId=stack.identity.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": users.PASSWORD},
    )["AuthenticationResult"]
    session = {
        "email": email,
        "access_token": tokens["AccessToken"],
        "refresh_token": tokens["RefreshToken"],
        "expires_at": (time.time() + tokens["ExpiresIn"]) * 1000,
    }
    # Not by a script for every document, which would sign in again whoever has signed out.
    _on_a_blank_page(page, url=f"{stack.url}/blank", do=lambda: page.evaluate(_KEEP, session))
    return Visitor(url=stack.url, token=tokens["AccessToken"], email=email)


def _on_a_blank_page(page: Page, *, url: str, do: Callable[[], None]) -> None:
    """Of our origin, but the server never sees it."""
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=_BLANK))
    page.goto(url)
    do()
    page.unroute(url)
