"""The TypeScript types of the API are served next to the page."""

import requests

from local.stack import Stack
from local.tools import api_types


def test_types_are_public_and_the_shipped_ones(stack: Stack) -> None:
    response = requests.get(f"{stack.url}/static/api-types.d.ts", timeout=60)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert response.text == api_types.FILE.read_text(encoding="utf-8")


def test_types_belong_to_the_served_document(stack: Stack) -> None:
    assert api_types.is_current(requests.get(f"{stack.url}/openapi.json", timeout=60).text)
