"""GET and HEAD …/download, followed to the bucket."""

import hmac
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import pytest
import requests
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from tests import factories
from tests.api_client import ApiClient
from tests.factories import place, put
from tests.functions.test_create_video import problem

JPEG, MP4 = (slice(0, 3), b"\xff\xd8\xff"), (slice(4, 8), b"ftyp")


@pytest.fixture
def finished(user: ApiClient) -> dict[str, Any]:
    return factories.finished_video(user)


def name(video: dict[str, Any], ending: str) -> str:
    return f"keepreel-ai-generated-{video['created_at'][:10]}-{video['id'][-8:]}.{ending}"


def link(user: ApiClient, video: dict[str, Any], *, method: str = "GET", query: str = "") -> str:
    response = user.send(method, video["links"]["download"] + query)
    assert (response.status_code, response.headers["Cache-Control"]) == (302, "no-store")
    return response.headers["Location"]


def downloads(user: ApiClient, video: dict[str, Any]) -> int:
    user.wait_until_idle()
    return int(user.video(video["id"])["counts"]["downloads"])


@pytest.mark.parametrize(
    ("query", "ending", "content_type", "magic"),
    [
        ("", "mp4", "video/mp4", MP4),
        ("?variant=video", "mp4", "video/mp4", MP4),
        ("?variant=thumbnail", "jpg", "image/jpeg", JPEG),
    ],
)
def test_download_has_a_file_name(
    query: str, ending: str, content_type: str, magic: tuple[slice, bytes], user: ApiClient, finished: dict[str, Any]
) -> None:
    saved = requests.get(link(user, finished, query=query), timeout=60)

    assert (saved.status_code, saved.headers["Content-Type"]) == (200, content_type)
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{name(finished, ending)}"'
    assert (
        saved.content == requests.get(finished["video_url" if ending == "mp4" else "thumbnail_url"], timeout=60).content
    )
    assert saved.content[magic[0]] == magic[1]


def test_bot_video_can_be_downloaded(user: ApiClient) -> None:
    videos = user.put_community(community_id := uuid4().hex)
    finished = factories.finished_video(user, community_id=community_id, type="intro")

    saved = requests.get(link(user, finished), timeout=60)

    assert finished["links"]["download"] == f"{videos}/{finished['id']}/download"
    assert sha256(saved.content).hexdigest() == finished["sha256"]


def test_byte_range_can_be_fetched(user: ApiClient, finished: dict[str, Any]) -> None:
    part = requests.get(link(user, finished), headers={"Range": "bytes=4-7"}, timeout=60)

    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["Content-Range"] == f"bytes 4-7/{finished['size_bytes']}"


def test_head_returns_type_length_and_name(user: ApiClient, finished: dict[str, Any]) -> None:
    url = link(user, finished, method="HEAD")

    head = requests.head(url, timeout=60)

    assert (head.status_code, head.headers["Content-Type"], head.content) == (200, "video/mp4", b"")
    assert head.headers["Content-Length"] == str(finished["size_bytes"])
    # S3 returns the file name in a header; the local stack does not, so the URL is checked.
    disposition = parse_qs(urlsplit(url).query)["response-content-disposition"]
    assert disposition == [f'attachment; filename="{name(finished, "mp4")}"']


@pytest.mark.parametrize("variant", ["video", "thumbnail"])
@pytest.mark.parametrize(("method", "other"), [("GET", "HEAD"), ("HEAD", "GET")])
def test_url_is_signed_for_the_method_of_the_request(
    method: str, other: str, variant: str, user: ApiClient, finished: dict[str, Any]
) -> None:
    url = link(user, finished, method=method, query=f"?variant={variant}")

    (signature,) = parse_qs(urlsplit(url).query)["X-Amz-Signature"]
    assert signature == _signature(method, url)
    assert signature != _signature(other, url)


def test_url_expires_after_fifteen_minutes(user: ApiClient, finished: dict[str, Any]) -> None:
    assert parse_qs(urlsplit(link(user, finished)).query)["X-Amz-Expires"] == ["900"]


def test_download_counts_once_a_day(user: ApiClient, finished: dict[str, Any]) -> None:
    counts = [downloads(user, finished)]
    for method, query in (("HEAD", ""), ("GET", "?variant=thumbnail"), ("GET", ""), ("GET", "?variant=video")):
        link(user, finished, method=method, query=query)
        counts.append(downloads(user, finished))

    assert counts == [0, 0, 0, 1, 1]


def test_download_works_even_if_it_cannot_be_counted(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def without_invocations(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "Invoke":
            raise EndpointConnectionError(endpoint_url="https://lambda.example.com")
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", without_invocations)

    assert requests.get(link(user, finished), timeout=60).status_code == 200
    assert downloads(user, finished) == 0


@pytest.mark.parametrize(("variant", "ending", "magic"), [("video", "mp4", MP4), ("thumbnail", "jpg", JPEG)])
def test_redirect_false_returns_the_url(
    variant: str, ending: str, magic: tuple[slice, bytes], user: ApiClient, finished: dict[str, Any]
) -> None:
    response = user.send("GET", f"{finished['links']['download']}?redirect=false&variant={variant}")

    assert (response.status_code, response.headers["Cache-Control"], list(response.json())) == (
        200,
        "no-store",
        ["url"],
    )
    assert "Location" not in response.headers
    saved = requests.get(response.json()["url"], timeout=60)
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{name(finished, ending)}"'
    assert saved.content[magic[0]] == magic[1]
    assert downloads(user, finished) == (1 if variant == "video" else 0)


def test_redirect_false_works_for_a_bot_video(user: ApiClient) -> None:
    user.put_community(community_id := uuid4().hex)
    finished = factories.finished_video(user, community_id=community_id, type="intro")

    response = user.send("GET", f"{finished['links']['download']}?redirect=false")

    saved = requests.get(response.json()["url"], timeout=60)
    assert (response.status_code, sha256(saved.content).hexdigest()) == (200, finished["sha256"])


def test_redirect_true_redirects(user: ApiClient, finished: dict[str, Any]) -> None:
    assert link(user, finished, query="?redirect=true").startswith("http")


@pytest.mark.parametrize("flow", ["user", "bot"])
@pytest.mark.parametrize("status", ["queued", "processing", "saving", "delayed", "failed", "canceled"])
def test_unfinished_video_cannot_be_downloaded(status: str, flow: str, user: ApiClient) -> None:
    videos, owner = place(user, flow)
    (id,) = put(owner, 1, status=status)

    responses = [user.send("GET", f"{videos}/{id}/download?variant={it}") for it in ("video", "thumbnail")]

    responses.append(user.send("GET", f"{videos}/{id}/download?redirect=false"))
    assert [(it.status_code, problem(it)["code"]) for it in responses] == [(409, "not_ready")] * 3
    assert user.send("HEAD", f"{videos}/{id}/download").status_code == 409


@pytest.mark.parametrize("query", ["variant=poster", "variant=", "variant=../video", "redirect=no", "name=a.exe"])
def test_invalid_download_query_is_refused(query: str, user: ApiClient) -> None:
    (id,) = put(user.owner, 1)

    response = user.send("GET", f"/v1/videos/{id}/download?{query}")

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/" + query.split("=")[0])


def _signature(method: str, url: str) -> str:
    """Compute the signature of a presigned URL as AWS documents it (Signature Version 4, query parameters)."""
    parts = urlsplit(url)
    given = {name: value for name, (value,) in parse_qs(parts.query).items() if name != "X-Amz-Signature"}
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(given.items()))
    request = "\n".join([method, parts.path, query, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD"])
    _, *scope = given["X-Amz-Credential"].split("/")
    digest = sha256(request.encode()).hexdigest()
    key = b"AWS4local"
    for step in scope:
        key = hmac.digest(key, step.encode(), "sha256")
    to_sign = "\n".join(["AWS4-HMAC-SHA256", given["X-Amz-Date"], "/".join(scope), digest])
    return hmac.digest(key, to_sign.encode(), "sha256").hex()
