"""Sign-in and tokens of the local users."""

import json
from typing import Any
from uuid import uuid4

import boto3
import jwt
import pytest
import requests
from moto.utilities.utils import load_resource

from local.aws.users import DEMO_EMAIL, OTHER_EMAIL, PASSWORD
from local.stack import Stack

VIDEOS = "/v1/videos"


def call_cognito(stack: Stack, operation: str, **fields: Any) -> requests.Response:
    """Call Cognito like a script, with the values of `describe`."""
    described = stack.describe()
    return requests.post(
        described["cognito_endpoint"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        },
        data=json.dumps({"ClientId": described["client_id"], **fields}),
        timeout=60,
    )


def sign_in_over_http(stack: Stack, email: str, password: str = PASSWORD) -> requests.Response:
    parameters = {"USERNAME": email, "PASSWORD": password}
    return call_cognito(stack, "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def refresh(stack: Stack, token: str) -> requests.Response:
    return call_cognito(stack, "InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token})


def subject(token: str) -> str:
    claims: dict[str, str] = jwt.decode(token, options={"verify_signature": False})
    return claims["sub"]


def status_with_token(stack: Stack, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(stack.url + VIDEOS, headers=headers, timeout=60).status_code


@pytest.mark.parametrize("email", [DEMO_EMAIL, OTHER_EMAIL])
def test_demo_users_can_sign_in_over_http(email: str, stack: Stack) -> None:
    token = sign_in_over_http(stack, email).json()["AuthenticationResult"]["AccessToken"]

    assert status_with_token(stack, token) == 200


@pytest.mark.parametrize("typed", [DEMO_EMAIL.upper(), DEMO_EMAIL.title(), "deMO@Keepreel.LOCAL"])
def test_case_of_an_email_does_not_matter(typed: str, stack: Stack) -> None:
    token = sign_in_over_http(stack, typed).json()["AuthenticationResult"]["AccessToken"]

    assert subject(token) == subject(stack.sign_in(DEMO_EMAIL))
    assert status_with_token(stack, token) == 200


def test_sign_up_in_another_case_finds_the_existing_user(stack: Stack) -> None:
    response = call_cognito(stack, "SignUp", Username=DEMO_EMAIL.title(), Password=PASSWORD)

    assert (response.status_code, response.json()["__type"]) == (400, "UsernameExistsException")


def test_wrong_password_in_another_case_is_rejected(stack: Stack) -> None:
    assert sign_in_over_http(stack, DEMO_EMAIL.upper(), "Keepreel-demo-2").status_code == 400


def test_global_sign_out_revokes_a_token_that_was_issued_in_another_case(stack: Stack) -> None:
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    tokens = sign_in_over_http(stack, email.upper()).json()["AuthenticationResult"]

    signed_out = call_cognito(stack, "GlobalSignOut", AccessToken=tokens["AccessToken"])

    assert signed_out.status_code == 200
    assert refresh(stack, tokens["RefreshToken"]).status_code == 400


def test_pool_without_the_setting_stays_case_sensitive(stack: Stack) -> None:
    client = boto3.client("cognito-idp")
    pool: dict[str, Any] = {
        "UserPoolId": client.create_user_pool(PoolName="other", UsernameAttributes=["email"])["UserPool"]["Id"]
    }
    client.admin_create_user(**pool, Username="a@example.com")

    client.admin_create_user(**pool, Username="A@example.com")

    assert len(client.list_users(**pool)["Users"]) == 2
    client.delete_user_pool(**pool)


def test_demo_users_have_different_ids(stack: Stack) -> None:
    tokens = [stack.sign_in(email) for email in (DEMO_EMAIL, OTHER_EMAIL)]

    assert len({jwt.decode(it, options={"verify_signature": False})["sub"] for it in tokens}) == 2


def test_revoked_refresh_token_is_rejected(stack: Stack) -> None:
    token = sign_in_over_http(stack, DEMO_EMAIL).json()["AuthenticationResult"]["RefreshToken"]

    before = refresh(stack, token)
    revoked = call_cognito(stack, "RevokeToken", Token=token)
    after = refresh(stack, token)

    assert (before.status_code, revoked.status_code) == (200, 200)
    assert (after.status_code, after.json()["__type"]) == (400, "NotAuthorizedException")


def test_wrong_password_is_rejected(stack: Stack) -> None:
    response = sign_in_over_http(stack, DEMO_EMAIL, "Keepreel-demo-2")

    assert (response.status_code, response.json()["__type"]) == (400, "NotAuthorizedException")


def test_token_signed_with_motos_public_key_is_rejected(stack: Stack) -> None:
    """moto's private key is public."""
    claims: dict[str, Any] = jwt.decode(stack.sign_in(), options={"verify_signature": False})
    key = jwt.PyJWK(load_resource("cognitoidp/resources/jwks-private.json"), algorithm="RS256")
    forged = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "dummy"})

    assert (status_with_token(stack, stack.sign_in()), status_with_token(stack, forged)) == (200, 401)


def test_published_jwks_contains_only_the_public_key(stack: Stack) -> None:
    document = requests.get(stack.jwks_url, timeout=60).json()

    assert [set(it) for it in document["keys"]] == [{"alg", "e", "kid", "kty", "n", "use"}]
