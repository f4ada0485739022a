"""A running gateway with the functions of handlers.py, and the key that signs its tokens."""

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from local.api import routes
from local.api.gateway import Gateway
from local.api.media_files import MediaFiles
from local.api.proxy_events import HttpRequest, HttpResponse
from local.aws.lambda_invoker import Invoker
from local.http_server import Server
from tests.local.api.gateway_api import read
from tests.local.aws.test_lambda_invoker import function


class NoMedia(MediaFiles):
    def __init__(self) -> None:
        """Without a bucket."""

    def respond(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=200, body=f"file {request.raw_path}".encode())


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def jwks_url(key: RSAPrivateKey) -> Iterator[str]:
    public = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "k1", "alg": "RS256"}

    def response(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps({"keys": [public]}).encode()]

    with Server(response) as server:
        yield f"{server.url}/jwks.json"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> routes.Api:
    return read(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def url(api: routes.Api, jwks_url: str) -> Iterator[str]:
    with Server(gateway(api, jwks_url=jwks_url)) as server:
        yield server.url


def gateway(api: routes.Api, *, jwks_url: str, timeout_seconds: float = 30) -> Gateway:
    invoker = Invoker([function(name) for name in ("echo", "teapot", "crash", "nonsense", "hang")])
    invoker.load()
    return Gateway(api, invoker=invoker, media=NoMedia(), jwks_url=jwks_url, timeout_seconds=timeout_seconds)
