"""Network errors during a request to Kling: nothing was sent, or the outcome is unknown."""

import gzip
import json
import socket
import traceback
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from keepreel.errors import Busy, OutcomeUnknown, ProviderError, Unreachable
from keepreel.providers import http
from keepreel.providers.kling import adapter
from keepreel.settings import settings
from tests.unit.providers.kling.samples import API_KEY, PROMPT, TASK_ID, job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import Misbehavior, ScriptedServer

SUBMISSION = adapter.prepare(job(image=b"an image"))
ACCEPTED = json.dumps({"code": 0, "message": "SUCCEED", "request_id": "r", "data": {"task_id": TASK_ID}}).encode()


def test_refused_connection_means_nothing_was_sent(
    kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setenv("KLING_BASE_URL", f"http://127.0.0.1:{port}")
    settings.cache_clear()

    with pytest.raises(Busy, match="no connection to Kling: NewConnectionError"):
        adapter.submit(SUBMISSION)

    assert kling_server.requests == []


@pytest.mark.parametrize(
    ("error", "name"),
    [(TimeoutError("connect"), "ConnectTimeoutError"), (socket.gaierror("no such host"), "NameResolutionError")],
)
def test_connect_timeout_and_unknown_host_mean_nothing_was_sent(
    kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, error: OSError, name: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("urllib3.util.connection.create_connection", fails)

    with pytest.raises(Busy, match=name):
        adapter.submit(SUBMISSION)

    assert kling_server.requests == []


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def drops_in_the_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    handler.close_connection = True


def drops_in_the_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(ACCEPTED)))
    handler.end_headers()
    handler.wfile.write(ACCEPTED[:-1])
    handler.close_connection = True


def drops_between_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(ACCEPTED), ACCEPTED))
    handler.close_connection = True


def sends_another_protocol(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")
    handler.close_connection = True


@pytest.mark.parametrize(
    "misbehavior",
    [drops, drops_in_the_headers, drops_in_the_body, drops_between_chunks, sends_another_protocol],
)
def test_connection_lost_after_sending_is_an_unknown_outcome(
    kling_server: ScriptedServer, misbehavior: Misbehavior
) -> None:
    kling_server.misbehave(misbehavior)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_read_timeout_is_an_unknown_outcome(kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_TIMEOUT_SECONDS", (3, 0.1))
    kling_server.misbehave(lambda _: kling_server.released.wait(30))

    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_trickling_response_is_abandoned(kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ten_seconds_per_call = count(step=10)
    monkeypatch.setattr(http, "monotonic", lambda: next(ten_seconds_per_call))

    def trickles(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not kling_server.released.wait(0.001):
            handler.wfile.write(b" ")

    kling_server.misbehave(trickles)

    with pytest.raises(OutcomeUnknown, match="too slow"):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_endless_response_is_abandoned_at_the_size_limit(kling_server: ScriptedServer) -> None:
    def floods(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not kling_server.released.is_set():
            handler.wfile.write(b" " * 65_536)

    kling_server.misbehave(floods)

    with pytest.raises(OutcomeUnknown, match="too large"):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_gzip_bomb_is_abandoned(kling_server: ScriptedServer) -> None:
    kling_server.respond_raw(gzip.compress(b" " * 20_000_000 + ACCEPTED), Content_Encoding="gzip")

    with pytest.raises(OutcomeUnknown, match="too large"):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_gzip_response_is_read_although_identity_was_requested(kling_server: ScriptedServer) -> None:
    kling_server.respond_raw(gzip.compress(ACCEPTED), Content_Encoding="gzip")

    task_id = adapter.submit(SUBMISSION)

    assert task_id == TASK_ID
    assert kling_server.requests[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("http_status", [200, 400, 401, 404, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"a text"',
        b"{}",
        b'{"code": "0", "data": {"task_id": "1"}}',
        b'{"code": true, "data": {"task_id": "1"}}',
        b'{"error": "Not Found"}',
        ACCEPTED[:-1],
        b"[" * 100_000,
    ],
)
def test_body_without_klings_envelope_is_an_unknown_outcome_with_any_status(
    kling_server: ScriptedServer, content: bytes, http_status: int
) -> None:
    kling_server.respond_raw(content, http_status=http_status)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


@pytest.mark.parametrize("http_status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(kling_server: ScriptedServer, http_status: int) -> None:
    kling_server.respond_raw(ACCEPTED, http_status=http_status, Location=f"{kling_server.base_url}/elsewhere")

    with pytest.raises(OutcomeUnknown):
        adapter.submit(SUBMISSION)

    assert [it.path for it in kling_server.requests] == [SUBMISSION.path]


def test_redirect_with_an_invalid_target_and_an_endless_body_is_abandoned(kling_server: ScriptedServer) -> None:
    def floods(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://[::1")
        handler.end_headers()
        while not kling_server.released.is_set():
            handler.wfile.write(b" " * 65_536)

    kling_server.misbehave(floods)

    with pytest.raises(OutcomeUnknown, match="too large"):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


def test_proxy_settings_and_netrc_are_ignored(
    kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    kling_server.respond_raw(ACCEPTED)

    task_id = adapter.submit(SUBMISSION)

    assert task_id == TASK_ID
    assert kling_server.requests[0].headers["Authorization"] == f"Bearer {API_KEY}"


@pytest.mark.parametrize("misbehavior", [drops, drops_in_the_body])
def test_lost_response_to_a_read_is_unreachable(kling_server: ScriptedServer, misbehavior: Misbehavior) -> None:
    kling_server.misbehave(misbehavior)
    kling_server.misbehave(misbehavior)

    with pytest.raises(Unreachable):
        adapter.find(job())
    with pytest.raises(Unreachable):
        adapter.poll(job(task_id=TASK_ID))

    assert [it.method for it in kling_server.requests] == ["GET", "GET"]


@pytest.mark.parametrize("misbehavior", [drops, sends_another_protocol])
def test_error_and_log_contain_neither_key_nor_prompt(
    kling_server: ScriptedServer, log: CapturedLog, misbehavior: Misbehavior
) -> None:
    kling_server.misbehave(misbehavior)

    with pytest.raises(ProviderError) as raised:
        adapter.submit(SUBMISSION)

    output = "".join(traceback.format_exception(raised.value)) + str(log)
    assert API_KEY not in output
    assert PROMPT not in output
    assert raised.value.__cause__ is None  # the HTTP library's error may quote the headers
