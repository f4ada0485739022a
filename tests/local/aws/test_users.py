"""Signing in on this machine, and who cannot."""

import json
from typing import Any

import jwt
import pytest
import requests
from moto.utilities.utils import load_resource

from local.aws.users import DEMO_EMAIL, OTHER_EMAIL, PASSWORD
from local.stack import Stack

VIDEOS = "/v1/videos"


def ask_cognito(stack: Stack, operation: str, **fields: Any) -> requests.Response:
    """As a script does it, by what `describe` says."""
    described = stack.describe()
    return requests.post(
        described["cognito_endpoint"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        },
        data=json.dumps({"ClientId": described["client_id"], **fields}),
        timeout=10,
    )


def sign_in_over_http(stack: Stack, email: str, password: str = PASSWORD) -> requests.Response:
    parameters = {"USERNAME": email, "PASSWORD": password}
    return ask_cognito(stack, "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def refresh(stack: Stack, token: str) -> requests.Response:
    return ask_cognito(stack, "InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token})


def knock(stack: Stack, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(stack.url + VIDEOS, headers=headers, timeout=10).status_code


@pytest.mark.parametrize("email", [DEMO_EMAIL, OTHER_EMAIL])
def test_each_demo_user_signs_in_over_http_and_gets_in(email: str, stack: Stack) -> None:
    token = sign_in_over_http(stack, email).json()["AuthenticationResult"]["AccessToken"]

    assert knock(stack, token) == 200


def test_the_two_demo_users_are_two_people(stack: Stack) -> None:
    tokens = [stack.sign_in(email) for email in (DEMO_EMAIL, OTHER_EMAIL)]

    assert len({jwt.decode(it, options={"verify_signature": False})["sub"] for it in tokens}) == 2


def test_a_refresh_token_is_good_until_it_is_revoked(stack: Stack) -> None:
    token = sign_in_over_http(stack, DEMO_EMAIL).json()["AuthenticationResult"]["RefreshToken"]

    before = refresh(stack, token)
    revoked = ask_cognito(stack, "RevokeToken", Token=token)
    after = refresh(stack, token)

    assert (before.status_code, revoked.status_code) == (200, 200)
    assert (after.status_code, after.json()["__type"]) == (400, "NotAuthorizedException")


def test_a_wrong_password_signs_nobody_in(stack: Stack) -> None:
    answer = sign_in_over_http(stack, DEMO_EMAIL, "Keepreel-demo-2")

    assert (answer.status_code, answer.json()["__type"]) == (400, "NotAuthorizedException")


def test_the_key_that_ships_with_moto_opens_nothing(stack: Stack) -> None:
    """Anybody can read it in moto's wheel."""
    claims: dict[str, Any] = jwt.decode(stack.sign_in(), options={"verify_signature": False})
    key = jwt.PyJWK(load_resource("cognitoidp/resources/jwks-private.json"), algorithm="RS256")
    forged = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "dummy"})

    assert (knock(stack, stack.sign_in()), knock(stack, forged)) == (200, 401)


def test_the_published_key_is_the_public_half_alone(stack: Stack) -> None:
    document = requests.get(stack.jwks_url, timeout=10).json()

    assert [set(it) for it in document["keys"]] == [{"alg", "e", "kid", "kty", "n", "use"}]
