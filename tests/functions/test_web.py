"""The page, its files, the API document and unknown paths."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest
import requests

from keepreel import aws
from keepreel.settings import settings
from local.aws.users import DEMO_EMAIL, PASSWORD
from local.paths import ROOT
from local.stack import Stack
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem

CACHED_FOREVER = "public, max-age=31536000, immutable"
OLD = "0123456789ab"
ASSETS = {"docs.js": "text/javascript", "swagger-ui.js": "text/javascript", "swagger-ui.css": "text/css"}


@pytest.fixture
def change(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set environment variables of the functions during the test."""

    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_variables
    monkeypatch.undo()
    settings.cache_clear()


def get(stack: Stack, path: str, **headers: str) -> requests.Response:
    return requests.get(stack.url + path, headers={"Accept-Encoding": "identity", **headers}, timeout=60)


def version(stack: Stack) -> str:
    found = re.search(r"/static/([0-9a-f]{12})/", get(stack, "/").text)
    assert found
    return found[1]


def script(stack: Stack) -> str:
    """The path of a script that the page loads, under the current version."""
    found = re.search(r'src="(/static/[^"]+\.js)"', get(stack, "/").text)
    assert found
    return found[1]


def test_page_is_public_and_never_stale(stack: Stack) -> None:
    page = get(stack, "/")

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (page.headers["Cache-Control"], page.headers["Vary"]) == ("no-cache", "Accept-Encoding")
    again = get(stack, "/", **{"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_page_files_are_immutable_under_their_version(stack: Stack) -> None:
    page = get(stack, "/")

    loaded = [it for it in re.findall(r'(?:src|href)="([^"]+)"', page.text) if it.startswith("/static/")]
    assert loaded
    assert "$version" not in page.text
    for path in loaded:
        response = get(stack, path)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, CACHED_FOREVER), path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"].endswith("; charset=utf-8")


def test_page_has_its_own_content_security_policy(stack: Stack) -> None:
    page = get(stack, "/")

    policy = dict(it.partition(" ")[::2] for it in page.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' blob: {stack.url} {stack.aws_endpoint}",
        "media-src": f"'self' blob: {stack.url}",
        "connect-src": f"'self' {stack.aws_endpoint} {stack.aws_endpoint}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_cached_page_does_not_keep_an_older_policy(stack: Stack, change: Callable[..., None]) -> None:
    etag = get(stack, "/").headers["ETag"]

    change(PUBLIC_URL="https://videos.example.com")

    assert get(stack, "/", **{"If-None-Match": etag}).status_code == 200


def test_html_has_the_policy_and_a_script_needs_none(stack: Stack) -> None:
    pages = [get(stack, it) for it in ("/", "/static/index.html", f"/static/{version(stack)}/index.html")]
    loaded = get(stack, script(stack))

    assert len({(it.headers["Content-Security-Policy"], it.headers["Cache-Control"], it.text) for it in pages}) == 1
    assert "Content-Security-Policy" not in loaded.headers


def test_file_is_compressed_and_revalidated(stack: Stack) -> None:
    path = script(stack)

    plain = get(stack, path)
    packed = requests.get(stack.url + path, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=60)

    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == ("gzip", plain.headers["ETag"])
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content
    again = get(stack, path, **{"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["Cache-Control"]) == (304, b"", CACHED_FOREVER)


def test_page_opened_before_a_deployment_gets_the_current_files_without_caching(stack: Stack) -> None:
    path = script(stack)

    present = get(stack, path)
    others = [get(stack, path.replace(version(stack), it).replace("//", "/")) for it in (OLD, "")]

    assert [(it.text, it.headers["Cache-Control"]) for it in others] == [(present.text, "no-cache")] * 2


def test_config_describes_sign_in_and_the_demo_user_can_sign_in(stack: Stack) -> None:
    response = get(stack, "/config.json")

    config = response.json()
    assert config == {
        "cognito_url": stack.aws_endpoint,
        "user_pool_client_id": stack.users.client_id,
        "is_sign_up_open": False,
        "demo_user": {"email": DEMO_EMAIL, "password": PASSWORD},
    }
    assert response.headers["Cache-Control"] == "no-cache"
    signed_in = requests.post(
        config["cognito_url"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": config["user_pool_client_id"],
            "AuthParameters": {"USERNAME": config["demo_user"]["email"], "PASSWORD": config["demo_user"]["password"]},
        },
        timeout=60,
    )
    assert signed_in.json()["AuthenticationResult"]["AccessToken"]


def test_config_names_no_demo_user_where_there_is_none(stack: Stack, change: Callable[..., None]) -> None:
    change(DEMO_USER="", SELF_SIGN_UP="yes")

    config = get(stack, "/config.json").json()

    assert (config["demo_user"], config["is_sign_up_open"]) == (None, True)


def test_page_origin_may_post_to_the_bucket(stack: Stack) -> None:
    assert stack.template.parameters["PageOrigin"] == stack.url


def test_openapi_document_is_public(stack: Stack) -> None:
    response = get(stack, "/openapi.json")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert (response.json()["openapi"], response.json()["info"]["title"]) == ("3.1.0", "Keepreel")


def test_page_loads_nothing_external_and_has_no_inline_script(stack: Stack) -> None:
    page = get(stack, "/docs")

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert [it for it in loaded if it.startswith("/docs/")] == [
        f"/docs/{name}" for name in ("swagger-ui.css", "swagger-ui.js", "docs.js")
    ]
    assert not re.findall(r"https?://", page.text)
    assert not re.findall(r"<script(?![^>]* src=)", page.text)
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ASSETS)
def test_asset_is_compressed_and_revalidated(name: str, stack: Stack) -> None:
    plain = get(stack, f"/docs/{name}")
    packed = requests.get(f"{stack.url}/docs/{name}", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=60)

    assert plain.headers["Content-Type"] == f"{ASSETS[name]}; charset=utf-8"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content
    again = get(stack, f"/docs/{name}", **{"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/docs/app.py", "/docs/..%2Fapp.py", "/docs/openapi.json", "/nothing", "/v1", "/v1/nothing",
     "/static", "/static/", "/static/nothing.js", "/static/app.py", "/static/..%2Fapp.py", "/static/..%2Fdocs.js",
     f"/static/{OLD}/..%2Fdocs.js", f"/static/{OLD}/elements%2F..%2F..%2Fdocs.js", "/static/%2Fetc%2Fpasswd"],
)  # fmt: skip
def test_unknown_path_returns_a_problem(path: str, stack: Stack, user: ApiClient) -> None:
    anonymous, signed_in = get(stack, path), user.send("GET", path)

    for response in (anonymous, signed_in):
        assert (response.status_code, problem(response)["code"]) == (404, "not_found")


def test_page_files_need_no_settings_and_no_aws() -> None:
    served = """
        import json, sys, types
        from functions.web import app
        event = json.load(open("tests/events/web.json")) | {"rawPath": "/static/page.js"}
        context = types.SimpleNamespace(aws_request_id="request")
        sys.exit(app.lambda_handler(event, context)["statusCode"] != 200)
    """

    done = subprocess.run([sys.executable, "-c", dedent(served)], cwd=ROOT, env={}, check=False)

    assert done.returncode == 0


def test_public_responses_create_no_client(stack: Stack) -> None:
    aws.s3.cache_clear()

    responses = [get(stack, it) for it in ("/", script(stack), "/config.json")]

    assert [it.status_code for it in responses] == [200] * 3
    assert aws.s3.cache_info().currsize == 0


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT"])
def test_unsupported_method_returns_a_problem(method: str, user: ApiClient) -> None:
    response = user.send(method, "/v1/models")

    assert (response.status_code, json.loads(response.text)["code"]) == (404, "not_found")
