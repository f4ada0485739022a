"""The server of the simulators answers every request in JSON, also if the simulator itself fails."""

import pytest
import requests

from local.simulators.core.server import Request, Response, Server, json_response


def _fail(request: Request) -> Response:
    raise KeyError(request.method)


def test_failing_simulator_is_an_error_response_and_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(_fail, port=0)
    server.start()
    try:
        with requests.Session() as session:
            responses = [session.get(server.base_url, timeout=60) for _ in range(2)]
    finally:
        server.stop()

    assert [(it.status_code, it.json()) for it in responses] == [(500, {"error": "internal error"})] * 2
    assert "KeyError: 'GET'" in capsys.readouterr().err


def test_provider_chooses_the_response_of_a_failing_simulator() -> None:
    server = Server(_fail, port=0, on_error=lambda: json_response({"code": 5000}, status=500))
    server.start()
    try:
        response = requests.get(server.base_url, timeout=60)
    finally:
        server.stop()

    assert (response.status_code, response.json()) == (500, {"code": 5000})


def test_body_that_is_too_large_is_refused_unread() -> None:
    server = Server(lambda _: json_response({}), port=0)
    server.start()
    try:
        response = requests.post(server.base_url, headers={"Content-Length": "100000001"}, timeout=60)
    finally:
        server.stop()

    assert (response.status_code, response.json()) == (413, {"error": "413 Request Entity Too Large"})


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "BREW"])
def test_every_method_reaches_the_simulator(method: str) -> None:
    server = Server(lambda request: json_response({"method": request.method}), port=0)
    server.start()
    try:
        response = requests.request(method, server.base_url, timeout=60)
    finally:
        server.stop()

    assert response.json() == {"method": method}
