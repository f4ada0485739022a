"""A server with the fictional Acme API: an order is simmering at the first poll and served at the second."""

import json
from typing import Any

from PIL import Image

from local.simulators.core.server import Request, Response, Server, json_response, response
from local.simulators.video import encode

KEY = "acme-key"


class AcmeSimulator:
    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.lose_next_response = False
        self._server = Server(self._respond, port=0)
        self._video = encode.encode_mp4(
            Image.new("RGB", (64, 64)), move=encode.move_for("any"), width=64, height=64, seconds=1
        )

    def __enter__(self) -> "AcmeSimulator":
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def _respond(self, request: Request) -> Response:
        if request.path.startswith("/files/"):
            return response(self._video, content_type="video/mp4")
        if request.headers.get("x-key") != KEY:
            return json_response({}, status=401)
        if request.method == "POST":
            return self._create(json.loads(request.body))
        if "reference" in request.query:
            found = [it for it in self.orders.values() if it["reference"] == request.query["reference"]]
            return json_response({"orders": found})
        return json_response(self._poll(request.path.rpartition("/")[2]))

    def _create(self, body: dict[str, Any]) -> Response:
        number = str(len(self.orders) + 1)
        self.orders[number] = {**body, "number": number, "polls": 0}
        if self.lose_next_response:
            self.lose_next_response = False
            return json_response({}, status=502)
        return json_response({"number": number}, status=201)

    def _poll(self, number: str) -> dict[str, Any]:
        order = self.orders[number]
        order["polls"] += 1
        if order["polls"] == 1:
            return {"status": "simmering"}
        return {"status": "Served", "url": f"{self.base_url}/files/{number}.mp4"}
