"""The authorizer accepts valid tokens, rejects all others, and supports only JWT rules."""

import base64
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from local.aws.template import TemplateError
from tests.local.api.gateway_api import ISSUER, TEMPLATE, read


def test_valid_token_is_accepted_and_its_claims_are_strings(url: str, key: RSAPrivateKey) -> None:
    token = sign(key, sub="me", roles=["a", "b"], admin=True)

    response = requests.get(f"{url}/closed", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    claims = response.json()["requestContext"]["authorizer"]["jwt"]["claims"]

    expected = {"client_id": "the-app", "iss": ISSUER, "sub": "me", "roles": "[a b]", "admin": "true"}
    assert {name: value for name, value in claims.items() if name not in {"exp", "iat"}} == expected


def test_audience_takes_precedence_over_client_id(url: str, key: RSAPrivateKey) -> None:
    assert status_with_token(url, sign(key, client_id="other", aud="the-app")) == 200
    assert status_with_token(url, sign(key, client_id="the-app", aud="other")) == 401


def test_missing_token_returns_401_with_a_challenge(url: str) -> None:
    response = requests.get(f"{url}/closed", timeout=60)

    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"iss": "https://issuer.example/other"},
        {"iss": None},
        {"client_id": "other"},
        {"client_id": None},
        {"nbf": 99_999_999_999},
        {"iat": 99_999_999_999},
    ],
)
def test_token_with_wrong_or_missing_claims_is_rejected(claims: dict[str, Any], url: str, key: RSAPrivateKey) -> None:
    assert status_with_token(url, sign(key, **claims)) == 401


def test_token_signed_by_another_key_is_rejected(url: str) -> None:
    assert status_with_token(url, sign(generate_private_key(public_exponent=65537, key_size=2048))) == 401


def test_token_with_an_unknown_key_id_is_rejected(url: str, key: RSAPrivateKey) -> None:
    assert status_with_token(url, sign(key, kid="k2")) == 401


def test_unsigned_token_is_rejected(url: str) -> None:
    assert status_with_token(url, jwt.encode(good(), "", algorithm="none", headers={"kid": "k1"})) == 401


def test_hmac_token_keyed_with_the_public_key_is_rejected(url: str, jwks_url: str) -> None:
    public = requests.get(jwks_url, timeout=60).json()["keys"][0]["n"] + "=="
    token = jwt.encode(good(), base64.urlsafe_b64decode(public), algorithm="HS256", headers={"kid": "k1"})

    assert status_with_token(url, token) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic {}", "Bearer {} {}", "Bearer {}x"])
def test_malformed_authorization_header_is_rejected(header: str, url: str, key: RSAPrivateKey) -> None:
    response = requests.get(f"{url}/closed", headers={"Authorization": header.replace("{}", sign(key))}, timeout=60)

    assert response.status_code == 401


def test_unknown_authorizer_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"EchoFunction\.Echo: .*ANYBODY"):
        read(
            tmp_path,
            TEMPLATE.replace("Path: /echo, Auth: { Authorizer: NONE }", "Path: /echo, Auth: { Authorizer: ANYBODY }"),
        )


def test_scopes_are_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="AuthorizationScopes"):
        read(tmp_path, TEMPLATE.replace("Path: /closed }", "Path: /closed, Auth: { AuthorizationScopes: [a] } }"))


def good(**claims: Any) -> dict[str, Any]:
    now = int(time.time())
    all_claims = {"iss": ISSUER, "client_id": "the-app", "iat": now, "exp": now + 600, **claims}
    return {name: value for name, value in all_claims.items() if value is not None}


def sign(key: RSAPrivateKey, *, kid: str = "k1", **claims: Any) -> str:
    return jwt.encode(good(**claims), key, algorithm="RS256", headers={"kid": kid})


def status_with_token(url: str, token: str) -> int:
    return requests.get(f"{url}/closed", headers={"Authorization": f"Bearer {token}"}, timeout=60).status_code
