"""Network errors during a request to Higgsfield: nothing was sent, or the outcome is unknown."""

import json
import socket
import traceback
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from keepreel.errors import Busy, OutcomeUnknown, ProviderError, Unreachable
from keepreel.providers import http
from keepreel.providers.higgsfield import adapter
from keepreel.settings import settings
from tests.unit.providers.higgsfield.samples import FROM_IMAGE, TASK_ID, accepted, job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import Misbehavior, ScriptedServer

ACCEPTED = json.dumps(accepted()).encode()


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def drops_in_the_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(ACCEPTED)))
    handler.end_headers()
    handler.wfile.write(ACCEPTED[:-1])
    handler.close_connection = True


def floods(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:  # until the client disconnects
        handler.wfile.write(b" " * 65_536)


def test_refused_connection_means_nothing_was_sent(
    higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setenv("HIGGSFIELD_BASE_URL", f"http://127.0.0.1:{port}")
    settings.cache_clear()

    with pytest.raises(Busy, match="no connection to Higgsfield: NewConnectionError"):
        adapter.submit(FROM_IMAGE)

    assert higgsfield_server.requests == []


@pytest.mark.parametrize("misbehavior", [drops, drops_in_the_body, floods])
def test_broken_response_is_an_unknown_outcome_for_submit_and_unreachable_for_reads(
    higgsfield_server: ScriptedServer, log: CapturedLog, misbehavior: Misbehavior
) -> None:
    for _ in range(3):
        higgsfield_server.misbehave(misbehavior)

    with pytest.raises(OutcomeUnknown) as raised:
        adapter.submit(FROM_IMAGE)
    with pytest.raises(Unreachable):
        adapter.poll(job(task_id=TASK_ID))
    with pytest.raises(Unreachable):
        adapter.cancel(job(task_id=TASK_ID))

    assert len(higgsfield_server.requests) == 3
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)


def test_trickling_response_is_abandoned(higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ten_seconds_per_call = count(step=10)
    monkeypatch.setattr(http, "monotonic", lambda: next(ten_seconds_per_call))

    def trickles(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not higgsfield_server.released.wait(0.001):
            handler.wfile.write(b" ")

    higgsfield_server.misbehave(trickles)

    with pytest.raises(OutcomeUnknown, match="too slow"):
        adapter.submit(FROM_IMAGE)

    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize("http_status", [200, 400, 401, 403, 404, 422, 423, 429, 500, 503])
@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Access denied</html>", b"\xff\xfe\x00", ACCEPTED[:-1], b"[" * 100_000, b'{"detail":' + b"[" * 900],
)
def test_body_that_is_not_json_is_an_unknown_outcome_with_any_status(
    higgsfield_server: ScriptedServer, content: bytes, http_status: int
) -> None:
    higgsfield_server.respond_raw(content, http_status=http_status)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(FROM_IMAGE)

    assert len(higgsfield_server.requests) == 1


def test_deeply_nested_problems_are_an_unknown_outcome(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond_raw(b'{"detail": ' + b"[" * 900 + b"]" * 900 + b"}", http_status=400)

    with pytest.raises(ProviderError) as raised:
        adapter.submit(FROM_IMAGE)

    assert type(raised.value) is OutcomeUnknown


@pytest.mark.parametrize("http_status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(higgsfield_server: ScriptedServer, http_status: int) -> None:
    higgsfield_server.respond_raw(ACCEPTED, http_status=http_status, Location=f"{higgsfield_server.base_url}/elsewhere")

    with pytest.raises(OutcomeUnknown):
        adapter.submit(FROM_IMAGE)

    assert [it.path for it in higgsfield_server.requests] == [FROM_IMAGE.path]
