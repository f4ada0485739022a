"""Image upload to Higgsfield and its errors."""

import traceback
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from keepreel.errors import AccountProblem, Busy, ProviderError, Refused
from keepreel.providers import http
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import KEY
from tests.unit.providers.higgsfield.upload_samples import JPEG, PNG, PUBLIC_URL, upload_target
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import Misbehavior, ScriptedServer


@pytest.mark.parametrize(("image", "content_type"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (b"?", "image/jpeg")])
def test_image_is_uploaded_to_the_offered_url_and_known_by_its_public_url(
    higgsfield_server: ScriptedServer, image: bytes, content_type: str
) -> None:
    higgsfield_server.respond(
        upload_target(higgsfield_server, upload_headers={"content-type": content_type, "X-A": "b"})
    )
    higgsfield_server.respond_raw(b"")

    url = adapter.upload_image(image)

    request, put = higgsfield_server.requests
    assert url == PUBLIC_URL
    assert (request.method, request.path, request.body) == (
        "POST", "/files/generate-upload-url", {"content_type": content_type},
    )  # fmt: skip
    assert (put.method, put.path, put.content) == ("PUT", "/put/here?signature=canary", image)
    assert {name.lower(): value for name, value in put.headers.items()}.items() >= {
        "content-type": content_type, "x-a": "b", "content-length": str(len(image)),
    }.items()  # fmt: skip


def test_image_is_uploaded_without_our_key(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"")

    adapter.upload_image(JPEG)

    request, put = higgsfield_server.requests
    assert request.headers["Authorization"] == f"Key {KEY}"
    assert "Authorization" not in put.headers
    assert KEY not in str(dict(put.headers))


@pytest.mark.parametrize("headers", [None, {}])
def test_upload_without_offered_headers_sends_the_content_type(
    higgsfield_server: ScriptedServer, headers: object
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server, upload_headers=headers))
    higgsfield_server.respond_raw(b"", http_status=204)

    adapter.upload_image(PNG)

    assert higgsfield_server.requests[1].headers["content-type"] == "image/png"


def test_large_image_arrives_complete(higgsfield_server: ScriptedServer) -> None:
    image = JPEG + bytes(range(256)) * 40_000
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"")

    adapter.upload_image(image)

    assert higgsfield_server.requests[1].content == image


def test_stalled_upload_is_abandoned(higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    two_seconds_per_call = count(step=2)
    monkeypatch.setattr(http, "monotonic", lambda: next(two_seconds_per_call))
    higgsfield_server.respond(upload_target(higgsfield_server))

    with pytest.raises(Busy, match="no response from Higgsfield"):
        adapter.upload_image(JPEG + b"x" * 1_000_000)

    assert higgsfield_server.requests[0].path == "/files/generate-upload-url"  # the PUT may never complete


@pytest.mark.parametrize(
    ("http_status", "body", "expected"),
    [
        (200, [], Refused),
        (200, {}, Refused),
        (400, {"detail": "Unsupported content type"}, Refused),
        (404, {"detail": "Not Found"}, Refused),
        (422, {"detail": [{"loc": ["body", "content_type"], "msg": "Unsupported"}]}, Refused),
        (403, {"detail": "Not enough credits"}, AccountProblem),
        (400, {"detail": "Maximum number of concurrent requests (4) has been reached"}, Busy),
        (423, {"detail": "Blocked"}, Busy),
        (429, {"detail": "Too many requests"}, Busy),
        (500, {"detail": "Internal Server Error"}, Busy),
        (503, {"detail": "Unavailable"}, Busy),
        (404, ["not Higgsfield's own"], Busy),
        (302, {}, Busy),
    ],
)
def test_failed_request_for_an_upload_url_is_never_an_unknown_outcome(
    higgsfield_server: ScriptedServer, http_status: int, body: object, expected: type[ProviderError]
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(ProviderError) as raised:
        adapter.upload_image(JPEG)

    assert type(raised.value) is expected
    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize(
    ("http_status", "expected"),
    [(302, Busy), (400, Refused), (403, Refused), (408, Busy), (413, Refused), (425, Busy), (429, Busy), (503, Busy)],
)
def test_rejected_upload_fails_with_our_own_message(
    higgsfield_server: ScriptedServer, log: CapturedLog, http_status: int, expected: type[ProviderError]
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"<Error/>", http_status=http_status, Location=f"{higgsfield_server.base_url}/next")

    with pytest.raises(ProviderError, match=f"HTTP {http_status}") as raised:
        adapter.upload_image(JPEG)

    assert type(raised.value) is expected
    assert [it.path for it in higgsfield_server.requests][1:] == ["/put/here?signature=canary"]
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def floods(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:  # until the client disconnects
        handler.wfile.write(b" " * 65_536)


@pytest.mark.parametrize("misbehavior", [drops, floods])
@pytest.mark.parametrize("is_offered", [False, True])
def test_lost_response_to_an_upload_is_only_busy(
    higgsfield_server: ScriptedServer, log: CapturedLog, misbehavior: Misbehavior, *, is_offered: bool
) -> None:
    if is_offered:
        higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.misbehave(misbehavior)

    with pytest.raises(Busy) as raised:
        adapter.upload_image(JPEG)

    assert len(higgsfield_server.requests) == 1 + is_offered
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)
