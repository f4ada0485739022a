"""A client of the Higgsfield simulator, and helpers to create requests for it."""

import io
from typing import Any

import requests
from PIL import Image

from local.simulators.higgsfield.simulator import HiggsfieldSimulator

KEY = "a-key-id:a-secret-that-only-these-tests-know"
DOP = "/higgsfield-ai/dop/standard"
KLING = "/kling-video/v2.5-turbo/standard/image-to-video"
TEXT_WITH_RATIO = "/kling-video/v2.6/pro/text-to-video"
FACE = "https://example.com/face.jpg"


def simulator(**settings: Any) -> HiggsfieldSimulator:
    """Return a simulator with tiny videos that finish at once."""
    quick: dict[str, Any] = {"finish_seconds": 0, "video_short_side": 64, **settings}
    return HiggsfieldSimulator(key=KEY, **quick)


def image(width: int = 320, height: int = 320, *, format: str = "JPEG", color: str = "white") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, format)
    return file.getvalue()


class HiggsfieldClient:
    """`authorization` is the complete header."""

    def __init__(self, higgsfield: HiggsfieldSimulator, *, authorization: str = f"Key {KEY}") -> None:
        self.base_url = higgsfield.base_url
        self.headers = {"Authorization": authorization}

    def request(self, method: str, path: str, *, body: object = None, **headers: str) -> requests.Response:
        """Send a request. `path` may also be a complete URL of the simulator."""
        url = path if path.startswith("http") else self.base_url + path
        return requests.request(method, url, json=body, headers={**self.headers, **headers}, timeout=60)

    def create(
        self, key: str | None = None, *, path: str = DOP, without: tuple[str, ...] = (), **changes: Any
    ) -> requests.Response:
        body = {"prompt": "She smiles", "image_url": FACE, **changes}
        headers = {} if key is None else {"Idempotency-Key": key}
        sent = {name: value for name, value in body.items() if name not in without}
        return self.request("POST", path, body=sent, **headers)

    def accepted(self, key: str | None = None, **changes: Any) -> str:
        """Create a request and return its id."""
        response = self.create(key, **changes)
        assert response.status_code == 200, response.text
        return str(response.json()["request_id"])

    def status(self, id: str) -> requests.Response:
        return self.request("GET", f"/requests/{id}/status")

    def cancel(self, id: str) -> requests.Response:
        return self.request("POST", f"/requests/{id}/cancel")

    def link(self, id: str) -> str:
        """Return the download link of a finished video."""
        return str(self.status(id).json()["video"]["url"])

    def offer(self, content_type: object = "image/jpeg") -> requests.Response:
        return self.request("POST", "/files/generate-upload-url", body={"content_type": content_type})

    def uploaded(self, data: bytes, *, content_type: str = "image/jpeg") -> str:
        """Upload a file and return its public URL."""
        offer = self.offer(content_type).json()
        put = requests.put(offer["upload_url"], data=data, headers=offer["upload_headers"], timeout=60)
        assert put.status_code == 200, put.text
        return str(offer["public_url"])


def error(response: requests.Response) -> tuple[int, str]:
    """Return the HTTP status and the error message."""
    assert response.json().keys() == {"detail"}
    return response.status_code, response.json()["detail"]
