"""`make emulate`: what it deploys, without the emulator itself."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from local.paths import ROOT
from local.tools import check_template
from local.tools.emulate import deployment, emulator, routes
from local.tools.emulate.emulator import Emulator
from local.tools.emulate.front import Front


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return check_template.translated(check_template.source())


def test_every_route_of_the_template_is_made_with_its_authorizer(template: dict[str, Any]) -> None:
    functions = [it for it in check_template.source()["Resources"].values() if "Events" in it.get("Properties", {})]
    events = [event["Properties"] for it in functions for event in it["Properties"]["Events"].values()]
    http = [it for it in events if "ApiId" in it]
    public = {f"{it['Method']} {it['Path']}" for it in http if "Path" in it and "Auth" in it}

    made = list(routes._routes(template["Resources"]["HttpApi"]["Properties"]["Body"]))

    assert len(made) == len(http)
    assert {key for key, _, is_signed_in in made if not is_signed_in} == public | {"$default"}


def test_only_alarms_over_several_metrics_are_left_out(template: dict[str, Any]) -> None:
    left_out = deployment.unsupported(template)

    assert {template["Resources"][it]["Type"] for it in left_out} == {"AWS::CloudWatch::Alarm"}
    assert not set(left_out) & set(deployment.without_unsupported(template)["Resources"])
    assert all(it in (ROOT / "docs/testing.md").read_text() for it in left_out)


def test_the_emulator_listens_on_this_machine_alone(tmp_path: Path) -> None:
    variables = emulator._environment(4566, packages=tmp_path, folder="/tmp/any")  # noqa: S108

    assert (variables["BIND_HOST"], variables["IOT_MTLS_ENABLED"]) == ("127.0.0.1", "0")
    assert not [it for it in variables if re.match("AWS_|KLING|HIGGSFIELD", it)]


def test_the_front_passes_requests_to_the_api_and_files_to_the_bucket() -> None:
    seen: list[tuple[str, str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Host"], self.headers["x-keepreel-cdn"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"127.0.0.1:{server.server_port}"
    with Front(Emulator(endpoint=f"http://{endpoint}", log=Path())) as front:
        front.open(api="abc", bucket="media-bucket", key="key")
        answers = [requests.get(front.url + it, timeout=10).text for it in ("/v1/videos?limit=1", "/media/a/video.mp4")]
    server.shutdown()
    server.server_close()

    assert answers == ["ok", "ok"]
    assert seen == [
        ("/v1/videos?limit=1", "abc.execute-api.127.0.0.1", "key"),
        ("/media-bucket/media/a/video.mp4", endpoint, None),
    ]
