"""What the API says of itself, and what is answered where there is nothing."""

import gzip
import json
import re
import subprocess
import sys

import pytest
import requests

from local.stack import Stack
from tests.functions.test_create_video import problem
from tests.person import Person

ASSETS = {"docs.js": "text/javascript", "swagger-ui.js": "text/javascript", "swagger-ui.css": "text/css"}


def get(stack: Stack, path: str, **headers: str) -> requests.Response:
    return requests.get(stack.url + path, headers={"Accept-Encoding": "identity", **headers}, timeout=30)


def test_the_document_is_for_everybody(stack: Stack) -> None:
    answer = get(stack, "/openapi.json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert (answer.json()["openapi"], answer.json()["info"]["title"]) == ("3.1.0", "Keepreel")


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_of_its_own(stack: Stack) -> None:
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
def test_an_asset_comes_packed_and_is_not_sent_twice(name: str, stack: Stack) -> None:
    plain = get(stack, f"/docs/{name}")
    packed = requests.get(f"{stack.url}/docs/{name}", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)

    assert plain.headers["Content-Type"] == f"{ASSETS[name]}; charset=utf-8"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content
    again = get(stack, f"/docs/{name}", **{"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/docs/app.py", "/docs/..%2Fapp.py", "/docs/openapi.json", "/nothing", "/v1", "/v1/nothing"]
)
def test_where_there_is_nothing_a_problem_says_so(path: str, stack: Stack, person: Person) -> None:
    everybody, signed_in = get(stack, path), person.send("GET", path)

    for answer in (everybody, signed_in):
        assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")


def test_what_answers_everybody_is_quick_to_wake() -> None:
    woken = "import functions.web.app, sys; sys.exit('pydantic' in sys.modules or 'PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", woken], check=False).returncode == 0


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT"])
def test_a_method_that_a_route_does_not_have_is_nothing_too(method: str, person: Person) -> None:
    answer = person.send(method, "/v1/models")

    assert (answer.status_code, json.loads(answer.text)["code"]) == (404, "not_found")
