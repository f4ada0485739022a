"""Media files over HTTP: headers, ranges, caching, and no access to other keys."""

import http.client
from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
import requests

from local.stack import Stack

CONTENT = bytes(range(256)) * 40
# The last one is the first one as a key with "..".
PRIVATE = ("uploads/user/me/private", "private", "media/../uploads/user/me/private")
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def path(stack: Stack) -> Iterator[str]:
    """Store a media file and private files; return the path of the media file."""
    bucket, s3 = stack.resources.attribute("MediaBucket", "Ref"), boto3.client("s3")
    key = f"media/{uuid4()}/secret/video.mp4"
    s3.put_object(Bucket=bucket, Key=key, Body=CONTENT, ContentType="video/mp4", CacheControl=IMMUTABLE)
    for private in PRIVATE:
        s3.put_object(Bucket=bucket, Key=private, Body=b"private data")
    yield f"/{key}"
    for it in (key, *PRIVATE):
        s3.delete_object(Bucket=bucket, Key=it)


def get(stack: Stack, path: str, method: str = "GET", **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, stack.url + path, headers=named, timeout=60)


def test_file_has_headers_for_players_and_caches(stack: Stack, path: str) -> None:
    response = get(stack, path)

    assert (response.status_code, response.content) == (200, CONTENT)
    wanted = ("content-type", "content-length", "accept-ranges", "cache-control", "x-content-type-options")
    assert [response.headers[it] for it in wanted] == ["video/mp4", "10240", "bytes", IMMUTABLE, "nosniff"]


def test_head_returns_the_same_headers_without_a_body(stack: Stack, path: str) -> None:
    whole, head = get(stack, path), get(stack, path, "HEAD")

    different_headers = {"date"}
    assert {k: v for k, v in head.headers.items() if k.lower() not in different_headers} == {
        k: v for k, v in whole.headers.items() if k.lower() not in different_headers
    }
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, 10239),
        ("bytes=-5", 10235, 10239),
        ("bytes=10239-", 10239, 10239),
        ("bytes=10000-99999", 10000, 10239),
        ("bytes=-99999", 0, 10239),
    ],
)
def test_range_returns_that_part(value: str, first: int, last: int, stack: Stack, path: str) -> None:
    response = get(stack, path, Range=value)

    assert (response.status_code, response.content) == (206, CONTENT[first : last + 1])
    assert response.headers["content-range"] == f"bytes {first}-{last}/10240"


@pytest.mark.parametrize("value", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
def test_range_outside_the_file_returns_416_with_the_size(value: str, stack: Stack, path: str) -> None:
    response = get(stack, path, Range=value)

    assert (response.status_code, response.headers["content-range"]) == (416, "bytes */10240")


@pytest.mark.parametrize(
    "value", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", f"bytes={'9' * 5000}-"]
)
def test_unsupported_range_returns_the_whole_file(value: str, stack: Stack, path: str) -> None:
    response = get(stack, path, Range=value)

    assert (response.status_code, len(response.content)) == (200, 10240)


def test_matching_etag_returns_304(stack: Stack, path: str) -> None:
    etag = get(stack, path).headers["etag"]

    responses = [get(stack, path, If_None_Match=it) for it in (etag, f'"x", W/{etag}', "*", '"x"')]

    assert [(it.status_code, len(it.content)) for it in responses] == [(304, 0), (304, 0), (304, 0), (200, 10240)]


def test_range_of_another_version_returns_the_whole_file(stack: Stack, path: str) -> None:
    etag = get(stack, path).headers["etag"]

    same, other = (get(stack, path, Range="bytes=0-1", If_Range=it) for it in (etag, '"x"'))

    assert [(it.status_code, len(it.content)) for it in (same, other)] == [(206, 2), (200, 10240)]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_write_methods_are_forbidden(method: str, stack: Stack, path: str) -> None:
    assert get(stack, path, method).status_code == 403
    assert get(stack, path).content == CONTENT


@pytest.mark.parametrize(
    "target",
    [
        "/media/nobody/secret/video.mp4",
        "/media/",
        "/media/../uploads/user/me/private",
        "/media/%2e%2e/uploads/user/me/private",
        "/media/..%2fuploads/user/me/private",
        "/media/%2E%2E%2Fuploads%2Fuser%2Fme%2Fprivate",
        "/media/%252e%252e/uploads/user/me/private",
        "/media/..%5cuploads/user/me/private",
        "/media/x/../../uploads/user/me/private",
        "/media/./../private",
        "/media//../private",
        "/media/../private",
        "/media/..",
        "/media/%00",
        "/media/x%0d%0aRange:%20bytes=0-1",
        "/uploads/user/me/private",
        "/%6dedia/../uploads/user/me/private",
        "//media/../uploads/user/me/private",
    ],
)
def test_other_keys_of_the_bucket_cannot_be_read(target: str, stack: Stack, path: str) -> None:
    """Uses http.client, because most clients normalize these paths."""
    assert path  # the fixture has stored the private files
    connection = http.client.HTTPConnection(stack.url.removeprefix("http://"), timeout=60)
    connection.request("GET", target)
    response = connection.getresponse()
    body = response.read()
    connection.close()

    assert response.status in {403, 404}
    assert b"private data" not in body
