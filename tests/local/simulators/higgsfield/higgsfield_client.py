"""Calls a Higgsfield simulator as a client would: over HTTP, with the key."""

import io
from typing import Any

import requests
from PIL import Image

from local.simulators.higgsfield.simulator import HiggsfieldSimulator

KEY = "a-key-id:a-secret-that-only-these-tests-know"
DOP = "/higgsfield-ai/dop/standard"
KLING = "/kling-video/v2.1/standard/image-to-video"
FACE = "https://example.com/face.jpg"


def simulator(**settings: Any) -> HiggsfieldSimulator:
    """One whose videos are made at once and tiny."""
    quick: dict[str, Any] = {"finish_seconds": 0, "video_short_side": 64, **settings}
    return HiggsfieldSimulator(key=KEY, **quick)


def image(width: int = 320, height: int = 320, *, format: str = "JPEG", colour: str = "white") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, format)
    return file.getvalue()


class HiggsfieldCaller:
    """`authorization` is the whole header."""

    def __init__(self, higgsfield: HiggsfieldSimulator, *, authorization: str = f"Key {KEY}") -> None:
        self.base_url = higgsfield.base_url
        self.headers = {"Authorization": authorization}

    def request(self, method: str, path: str, *, body: object = None, **headers: str) -> requests.Response:
        """`headers` come as they are; one in the path's place may be a whole URL of the simulator."""
        url = path if path.startswith("http") else self.base_url + path
        return requests.request(method, url, json=body, headers={**self.headers, **headers}, timeout=10)

    def create(
        self, key: str | None = None, *, path: str = DOP, without: tuple[str, ...] = (), **changes: Any
    ) -> requests.Response:
        body = {"prompt": "She smiles", "image_url": FACE, **changes}
        headers = {} if key is None else {"Idempotency-Key": key}
        sent = {name: value for name, value in body.items() if name not in without}
        return self.request("POST", path, body=sent, **headers)

    def accepted(self, key: str | None = None, **changes: Any) -> str:
        """The id of a request that was accepted."""
        answer = self.create(key, **changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["request_id"])

    def status(self, id: str) -> requests.Response:
        return self.request("GET", f"/requests/{id}/status")

    def cancel(self, id: str) -> requests.Response:
        return self.request("POST", f"/requests/{id}/cancel")

    def link(self, id: str) -> str:
        """Where a finished video is."""
        return str(self.status(id).json()["video"]["url"])

    def offer(self, content_type: object = "image/jpeg") -> requests.Response:
        return self.request("POST", "/files/generate-upload-url", body={"content_type": content_type})

    def uploaded(self, data: bytes, *, content_type: str = "image/jpeg") -> str:
        """The public URL of a file that was put where the simulator said."""
        offer = self.offer(content_type).json()
        put = requests.put(offer["upload_url"], data=data, headers=offer["upload_headers"], timeout=10)
        assert put.status_code == 200, put.text
        return str(offer["public_url"])


def refused(answer: requests.Response) -> tuple[int, str]:
    """The HTTP status and a refusal's sentence."""
    assert answer.json().keys() == {"detail"}
    return answer.status_code, answer.json()["detail"]
