"""Unknown paths: a page for browsers, a problem for programs, and a redirect where only a slash is too much."""

from typing import Any

import pytest
import requests

from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PATHS = ["/nope", "/nope/", "/a/b/c", "/s", "/s/", "/docs/nothing", "/static/nothing.js", "/index.php", "/v2/videos"]


def get(stack: Stack, path: str, *, accept: str | None = BROWSER, **options: Any) -> requests.Response:
    options = {"method": "GET", "allow_redirects": False, **options}
    return requests.request(url=stack.url + path, headers={"Accept": accept}, timeout=60, **options)


@pytest.mark.parametrize("path", PATHS)
def test_browser_gets_a_page_with_the_headers_of_the_page(path: str, stack: Stack) -> None:
    response, page = get(stack, path), get(stack, "/")

    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Page not found</h1>" in response.text
    assert "$version" not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "Accept" in response.headers["Vary"]
    for name in ("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy",
                 "X-Content-Type-Options"):  # fmt: skip
        assert response.headers[name] == page.headers[name]


def test_everything_that_the_page_loads_exists(stack: Stack) -> None:
    page = get(stack, "/nope").text

    loaded = [part.split('"')[0] for part in page.split('href="')[1:]]

    assert [get(stack, it).status_code for it in loaded] == [200] * 4


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/problem+json",
        "application/json, text/html;q=0.5",
        "text/html;q=0",
        "text/html;q=none",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/nope", "/static/nothing.js"])
def test_program_gets_a_problem(path: str, accept: str | None, stack: Stack) -> None:
    response = get(stack, path, accept=accept)

    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize("accept", ["text/html", "TEXT/HTML", "text/html;q=0.1", "application/json;q=0.5, text/html"])
def test_html_is_preferred_where_the_client_says_so(accept: str, stack: Stack) -> None:
    assert get(stack, "/nope", accept=accept).headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nope", "/v1/videos/x/y/z"])
def test_path_of_the_api_returns_a_problem_to_a_browser_too(path: str, stack: Stack) -> None:
    assert problem(get(stack, path))["code"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_return_a_problem(method: str, stack: Stack) -> None:
    assert problem(get(stack, "/nope", method=method))["code"] == "not_found"


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_share_link_with_a_slash_at_its_end_shows_the_video(slashes: str, user: ApiClient, stack: Stack) -> None:
    video = factories.finished_video(user)
    link = user.send("POST", f"/v1/videos/{video['id']}/share").json()["url"]
    path = link.removeprefix(stack.url) + slashes

    redirect, page = get(stack, path), get(stack, path, allow_redirects=True)

    assert (redirect.status_code, redirect.headers["Location"]) == (301, path.rstrip("/"))
    assert (page.status_code, page.url, "<video" in page.text) == (200, link, True)
    assert get(stack, path, method="HEAD", allow_redirects=True).status_code == 200


def test_unknown_share_link_with_a_slash_is_not_found(stack: Stack) -> None:
    response = get(stack, f"/s/{'A' * 22}/", allow_redirects=True)

    assert (response.status_code, "Video not found" in response.text) == (404, True)


def test_documentation_opens_with_a_slash_at_its_end(stack: Stack) -> None:
    assert get(stack, "/docs/").headers["Location"] == "/docs"


@pytest.mark.parametrize(
    "path", ["/s/a/b/", "/s/%2Fexample.com/", "/s/..%2F..%2F/", "/s/a%0d%0ab/", "/s//example.com/"]
)
def test_no_other_path_is_redirected(path: str, stack: Stack) -> None:
    response = get(stack, path)

    assert (response.status_code, "Location" in response.headers) == (404, False)
