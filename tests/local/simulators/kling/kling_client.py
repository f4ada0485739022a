"""A client of the Kling simulator, and helpers to create requests for it."""

import base64
import io
import json
import re
import threading
from typing import Any

import jwt
import pytest
import requests
from PIL import Image

from local.simulators.kling.simulator import KlingSimulator

API_KEY = "an-api-key-that-only-these-tests-know"
ACCESS_KEY = "an-access-key"
SECRET_KEY = "a-secret-key-of-at-least-thirty-two-bytes"


def simulator(**settings: Any) -> KlingSimulator:
    """Return a simulator with tiny videos that finish at once."""
    quick: dict[str, Any] = {"finish_seconds": 0, "video_short_side": 64, **settings}
    return KlingSimulator(api_key=API_KEY, access_key=ACCESS_KEY, secret_key=SECRET_KEY, **quick)


def image(width: int = 320, height: int = 320, *, format: str = "JPEG") -> str:
    """Return a source image as base64 without a prefix, as the API expects."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, format)
    return base64.b64encode(file.getvalue()).decode()


def token(*, key: str = SECRET_KEY, **claims: Any) -> str:
    return jwt.encode(claims, key, algorithm="HS256")


class KlingClient:
    """`credential` is the bearer token: an API key or a signed token."""

    def __init__(self, kling: KlingSimulator, *, credential: str = API_KEY) -> None:
        self.base_url = kling.base_url
        self.headers = {"Authorization": f"Bearer {credential}"}

    def get(self, path: str, **query: object) -> requests.Response:
        return requests.get(self.base_url + path, params=query, headers=self.headers, timeout=60)  # type: ignore[arg-type]

    def post(self, path: str, body: object) -> requests.Response:
        return requests.post(self.base_url + path, json=body, headers=self.headers, timeout=60)

    def create(self, external_id: str | None = None, **changes: Any) -> requests.Response:
        """Create a video from an image with the legacy API."""
        body = {"model_name": "kling-v2-6", "image": image(), "prompt": "She smiles", "duration": "5", "mode": "std"}
        return self.post("/v1/videos/image2video", {**body, "external_task_id": external_id, **changes})

    def create_with_tasks_api(
        self, external_id: str = "", *, model: str = "kling-2.5-turbo", **settings: Any
    ) -> requests.Response:
        contents = [{"type": "prompt", "text": "She smiles"}, {"type": "first_frame", "url": image()}]
        body = {"contents": contents, "settings": settings, "options": {"external_task_id": external_id}}
        return self.post(f"/image-to-video/{model}", body)

    def link(self, external_id: str) -> str:
        """Return the download link of a finished video."""
        response = self.get(f"/v1/videos/image2video/{external_id}").json()
        return str(response["data"]["task_result"]["videos"][0]["url"])


def outcome(response: requests.Response) -> tuple[int, int]:
    """Return the HTTP status and the service code."""
    return response.status_code, response.json()["code"]


def without_ids(response: requests.Response) -> Any:
    """Return the body with a placeholder for every generated id and link."""
    text = re.sub(r'"\d{18}"', '"<18 digits>"', response.text)
    text = re.sub(r'"[0-9a-f]{8}-[0-9a-f-]{27}"', '"<uuid>"', text)
    text = re.sub(r'"http://127\.0\.0\.1:\d+/results/\d{18}\.mp4\?[^"]+"', '"<link>"', text)
    return json.loads(text)


def hang_event(kling: KlingSimulator, patch: pytest.MonkeyPatch) -> threading.Event:
    """Return an event that is set as soon as a response hangs."""
    stopping, hangs = kling._server._listener.stopping, threading.Event()
    wait = stopping.wait

    def announce(seconds: float) -> bool:
        hangs.set()
        return wait(seconds)

    patch.setattr(stopping, "wait", announce)
    return hangs
