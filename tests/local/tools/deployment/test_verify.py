"""`make verify` against a running stack, and against sites that are broken in one place."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from local.stack import Stack
from local.tools.deployment import verify
from local.tools.deployment.commands import DeploymentError


@pytest.fixture(scope="module")
def empty_site() -> Iterator[str]:
    """A site that answers every request with 200 and an empty page, as a wrong domain does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_running_stack_passes_every_check_and_makes_no_video(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    described = stack.describe()
    user = verify.User(described["demo_user"]["email"], described["demo_user"]["password"])

    failures = verify.verify(described["api"], user)

    shown = capsys.readouterr().out
    assert failures == []
    assert shown.count("✓") == 13
    assert user.password not in shown


def test_a_wrong_site_fails_every_public_check(empty_site: str) -> None:
    checks = verify.public_checks(verify.Site(empty_site))

    assert len(verify.verify(empty_site, None)) == len(checks)


@pytest.mark.parametrize("body", [b"null", b"[]", b"<html>"])
def test_a_response_that_is_no_json_object_is_a_failed_check(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    response = requests.Response()
    response.status_code, response._content = 200, body
    monkeypatch.setattr(verify.Site, "call", lambda *_, **__: response)

    with pytest.raises(verify.CheckError, match=r"GET /config.json returned no JSON object"):
        verify.Site("https://example.com").json("GET", "config.json")


def test_a_site_that_cannot_be_reached_fails_once_in_a_few_words() -> None:
    (failure,) = verify.verify("http://127.0.0.1:9", None)

    assert failure.endswith("http://127.0.0.1:9/ cannot be reached (ConnectionError)")


def test_a_wrong_password_stops_after_the_sign_in(stack: Stack) -> None:
    described = stack.describe()
    user = verify.User(described["demo_user"]["email"], "wrong-password-1A")

    failures = verify.verify(described["api"], user)

    (failure,) = failures
    assert failure.endswith("cannot sign in: Incorrect username or password.")


@pytest.mark.parametrize("url", ["", "http://example.com", "keepreel.example.com", "ftp://example.com"])
def test_an_unsafe_url_is_refused(url: str) -> None:
    with pytest.raises(DeploymentError, match="URL"):
        verify._checked(url)


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", ""), ("", "secret")])
def test_email_and_password_belong_together(email: str, password: str) -> None:
    with pytest.raises(DeploymentError, match="belong together"):
        verify._user("https://example.com", email, password)
