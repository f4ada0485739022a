"""The HTTP gateway: what a function gets and what a client gets, as API Gateway's payload format 2.0 has it."""

import base64
import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from local.api import routes
from local.api.gateway import Gateway
from local.api.media_files import MediaFiles
from local.api.proxy_events import HttpRequest, HttpResponse
from local.aws.lambda_invoker import Invoker
from local.aws.resources import Resources
from local.aws.template import Template, TemplateError
from local.http_server import Server
from tests.local import handlers
from tests.local.aws.test_lambda_invoker import function

ISSUER = "https://issuer.example/pool"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: People
        Authorizers:
          People:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: { issuer: https://issuer.example/pool, audience: [the-app] }
      CorsConfiguration:
        AllowOrigins: [https://page.example]
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization]
        ExposeHeaders: [etag]
        MaxAge: 600
      RouteSettings:
        GET /rare: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0.001 }
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Closed: { Type: HttpApi, Properties: { Method: GET, Path: /closed } }
        Echo: { Type: HttpApi, Properties: { Method: POST, Path: /echo, Auth: { Authorizer: NONE } } }
        Rare: { Type: HttpApi, Properties: { Method: GET, Path: /rare, Auth: { Authorizer: NONE } } }
        One: { Type: HttpApi, Properties: { Method: GET, Path: "/things/{id}", Auth: { Authorizer: NONE } } }
        Special: { Type: HttpApi, Properties: { Method: GET, Path: /things/special, Auth: { Authorizer: NONE } } }
        Part: { Type: HttpApi, Properties: { Method: GET, Path: "/things/{id}/part", Auth: { Authorizer: NONE } } }
        Rest: { Type: HttpApi, Properties: { Method: ANY, Path: "/things/{proxy+}", Auth: { Authorizer: NONE } } }
  TeapotFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Tea: { Type: HttpApi, Properties: { Method: POST, Path: /tea, Auth: { Authorizer: NONE } } } }
  CrashFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Crash: { Type: HttpApi, Properties: { Method: GET, Path: /crash, Auth: { Authorizer: NONE } } } }
  NonsenseFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Nonsense: { Type: HttpApi, Properties: { Method: GET, Path: /nonsense, Auth: { Authorizer: NONE } } } }
  HangFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Hang: { Type: HttpApi, Properties: { Method: GET, Path: /hang, Auth: { Authorizer: NONE } } } }
"""


class NoMedia(MediaFiles):
    def __init__(self) -> None:
        """Needs no bucket."""

    def respond(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=200, body=f"file {request.raw_path}".encode())


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def jwks_url(key: RSAPrivateKey) -> Iterator[str]:
    public = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "k1", "alg": "RS256"}

    def answer(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps({"keys": [public]}).encode()]

    with Server(answer) as server:
        yield f"{server.url}/jwks.json"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> routes.Api:
    return read(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def url(api: routes.Api, jwks_url: str) -> Iterator[str]:
    invoker = Invoker([function(name) for name in ("echo", "teapot", "crash", "nonsense", "hang")])
    invoker.load()
    with Server(Gateway(api, invoker=invoker, media=NoMedia(), jwks_url=jwks_url, timeout_seconds=0.2)) as server:
        yield server.url
        handlers.release.set()


def read(folder: Path, text: str = TEMPLATE) -> routes.Api:
    path = folder / "template.yaml"
    path.write_text(text)
    template = Template(path, parameters={}, stack_name="test")
    return routes.api(template, Resources(template, public_host="", secrets={}))


def test_a_request_becomes_an_event(url: str) -> None:
    answer = requests.post(
        f"{url}/echo?a=1&b=x%20y&a=2&empty=",
        data='{"ü": 1}'.encode(),
        headers={"Content-Type": "application/json", "X-Mine": "Yes", "Cookie": "a=1; b=2", "User-Agent": "me"},
        timeout=10,
    )
    event = answer.json()
    context = event.pop("requestContext")
    sent = event.pop("headers")

    assert event == {
        "version": "2.0",
        "routeKey": "POST /echo",
        "rawPath": "/echo",
        "rawQueryString": "a=1&b=x%20y&a=2&empty=",
        "cookies": ["a=1", "b=2"],
        "queryStringParameters": {"a": "1,2", "b": "x y", "empty": ""},
        "body": '{"ü": 1}',
        "isBase64Encoded": False,
    }
    assert (sent["x-mine"], sent["content-type"], "cookie" in sent) == ("Yes", "application/json", False)
    assert context.pop("requestId")
    assert context.pop("time").endswith("+0000")
    assert abs(context.pop("timeEpoch") / 1000 - time.time()) < 60
    assert context == {
        "accountId": "123456789012",
        "apiId": "api",
        "domainName": url.removeprefix("http://"),
        "domainPrefix": "127",
        "http": {"method": "POST", "path": "/echo", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "me"},
        "routeKey": "POST /echo",
        "stage": "$default",
    }


@pytest.mark.parametrize("content_type", ["image/png", "multipart/form-data; boundary=x", "application/json"])
def test_a_body_that_is_no_text_comes_as_base64(content_type: str, url: str) -> None:
    answer = requests.post(f"{url}/echo", data=b"\xff\x00\xfe", headers={"Content-Type": content_type}, timeout=10)

    assert (answer.json()["body"], answer.json()["isBase64Encoded"]) == ("/wD+", True)


def test_a_body_of_unknown_length_arrives_whole(url: str) -> None:
    headers = {"Content-Type": "text/plain"}

    answer = requests.post(f"{url}/echo", data=iter([b"one ", b"two"]), headers=headers, timeout=10)

    assert answer.json()["body"] == "one two"


@pytest.mark.parametrize(
    ("method", "path", "route", "parameters"),
    [
        ("GET", "/things/7", "GET /things/{id}", {"id": "7"}),
        ("GET", "/things/a%2Fb%20c", "GET /things/{id}", {"id": "a/b c"}),
        ("GET", "/things/special", "GET /things/special", None),
        ("GET", "/things/7/part", "GET /things/{id}/part", {"id": "7"}),
        ("GET", "/things/7/part/3", "ANY /things/{proxy+}", {"proxy": "7/part/3"}),
        ("DELETE", "/things/7", "ANY /things/{proxy+}", {"proxy": "7"}),
    ],
)
def test_the_most_specific_route_answers(
    method: str, path: str, route: str, parameters: dict[str, str] | None, url: str
) -> None:
    event = requests.request(method, url + path, timeout=10).json()

    assert (event["routeKey"], event.get("pathParameters")) == (route, parameters)


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/echo"), ("GET", "/"), ("GET", "/tea/")])
def test_no_route_and_a_wrong_method_are_the_same_404(method: str, path: str, url: str) -> None:
    answer = requests.request(method, url + path, timeout=10)

    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_functions_answer_arrives_as_it_gave_it(url: str) -> None:
    answer = requests.post(f"{url}/tea", data=b"\x00\x01", headers={"Content-Type": "image/png"}, timeout=10)

    assert (answer.status_code, answer.headers["x-kind"], answer.content) == (418, "teapot", b"\x00\x01")
    assert answer.raw.headers.getlist("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("path", ["/crash", "/nonsense"])
def test_a_broken_function_is_a_500_without_its_reasons(path: str, url: str) -> None:
    answer = requests.get(url + path, timeout=10)

    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


def test_a_function_that_takes_too_long_is_a_503_and_the_gateway_goes_on(url: str) -> None:
    late = requests.get(f"{url}/hang", timeout=10)
    other = requests.get(f"{url}/things/7", timeout=10)

    assert (late.status_code, late.json(), other.status_code) == (503, {"message": "Service Unavailable"}, 200)


def test_a_body_over_ten_megabytes_is_refused_before_it_is_read(url: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/echo")
    connection.putheader("Content-Length", str(10 * 1024 * 1024 + 1))
    connection.endheaders()

    status = connection.getresponse().status
    connection.close()

    assert status == 413


def test_an_event_over_six_megabytes_is_refused(url: str) -> None:
    answer = requests.post(f"{url}/echo", data=b"\xff" * 5_000_000, headers={"Content-Type": "image/png"}, timeout=10)

    assert answer.status_code == 413


def test_a_route_lets_no_more_through_than_its_limits(url: str) -> None:
    assert [requests.get(f"{url}/rare", timeout=10).status_code for _ in range(3)] == [200, 200, 429]


def test_a_preflight_is_answered_by_the_gateway(url: str) -> None:
    headers = {"Origin": "https://page.example", "Access-Control-Request-Method": "GET"}

    answer = requests.options(f"{url}/closed", headers=headers, timeout=10)

    assert answer.status_code == 204
    assert cors(answer) == {
        "access-control-allow-origin": "https://page.example",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization",
        "access-control-expose-headers": "etag",
        "access-control-max-age": "600",
    }


@pytest.mark.parametrize("origin", ["https://evil.example", "https://page.example.evil.example", "null"])
def test_another_origin_is_told_nothing(origin: str, url: str) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "GET"}

    answers = [
        requests.options(f"{url}/closed", headers=preflight, timeout=10),
        requests.post(f"{url}/tea", headers={"Origin": origin}, timeout=10),
    ]

    assert [cors(it) for it in answers] == [{}, {}]


def test_the_gateways_cors_headers_replace_a_functions(url: str) -> None:
    answer = requests.post(f"{url}/tea", headers={"Origin": "https://page.example"}, timeout=10)

    assert answer.headers["access-control-allow-origin"] == "https://page.example"


def test_kept_files_need_no_token(url: str) -> None:
    assert requests.get(f"{url}/media/x/video.mp4", timeout=10).text == "file /media/x/video.mp4"


def test_a_good_token_opens_a_closed_route_and_its_claims_come_as_text(url: str, key: RSAPrivateKey) -> None:
    token = sign(key, sub="me", roles=["a", "b"], admin=True)

    answer = requests.get(f"{url}/closed", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    claims = answer.json()["requestContext"]["authorizer"]["jwt"]["claims"]

    expected = {"client_id": "the-app", "iss": ISSUER, "sub": "me", "roles": "[a b]", "admin": "true"}
    assert {name: value for name, value in claims.items() if name not in {"exp", "iat"}} == expected


def test_an_audience_counts_before_a_client_id(url: str, key: RSAPrivateKey) -> None:
    assert knock(url, sign(key, client_id="other", aud="the-app")) == 200
    assert knock(url, sign(key, client_id="the-app", aud="other")) == 401


def test_no_token_is_a_401_that_says_how(url: str) -> None:
    answer = requests.get(f"{url}/closed", timeout=10)

    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"] == "Bearer"


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
def test_a_token_that_is_not_for_here_or_now_is_refused(claims: dict[str, Any], url: str, key: RSAPrivateKey) -> None:
    assert knock(url, sign(key, **claims)) == 401


def test_a_token_signed_by_another_key_is_refused(url: str) -> None:
    assert knock(url, sign(generate_private_key(public_exponent=65537, key_size=2048))) == 401


def test_a_token_of_an_unknown_key_is_refused(url: str, key: RSAPrivateKey) -> None:
    assert knock(url, sign(key, kid="k2")) == 401


def test_a_token_that_is_not_signed_at_all_is_refused(url: str) -> None:
    assert knock(url, jwt.encode(good(), "", algorithm="none", headers={"kid": "k1"})) == 401


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(url: str, jwks_url: str) -> None:
    public = requests.get(jwks_url, timeout=10).json()["keys"][0]["n"] + "=="
    token = jwt.encode(good(), base64.urlsafe_b64decode(public), algorithm="HS256", headers={"kid": "k1"})

    assert knock(url, token) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic {}", "Bearer {} {}", "Bearer {}x"])
def test_what_is_no_bearer_token_is_refused(header: str, url: str, key: RSAPrivateKey) -> None:
    answer = requests.get(f"{url}/closed", headers={"Authorization": header.replace("{}", sign(key))}, timeout=10)

    assert answer.status_code == 401


def test_an_authorizer_that_the_template_lacks_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"EchoFunction\.Echo: .*ANYBODY"):
        read(
            tmp_path,
            TEMPLATE.replace("Path: /echo, Auth: { Authorizer: NONE }", "Path: /echo, Auth: { Authorizer: ANYBODY }"),
        )


def test_scopes_are_refused_by_name_and_not_forgotten(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="AuthorizationScopes"):
        read(tmp_path, TEMPLATE.replace("Path: /closed }", "Path: /closed, Auth: { AuthorizationScopes: [a] } }"))


def good(**claims: Any) -> dict[str, Any]:
    now = int(time.time())
    all_claims = {"iss": ISSUER, "client_id": "the-app", "iat": now, "exp": now + 600, **claims}
    return {name: value for name, value in all_claims.items() if value is not None}


def sign(key: RSAPrivateKey, *, kid: str = "k1", **claims: Any) -> str:
    return jwt.encode(good(**claims), key, algorithm="RS256", headers={"kid": kid})


def knock(url: str, token: str) -> int:
    return requests.get(f"{url}/closed", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code


def cors(answer: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith("access-control")}
