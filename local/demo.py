"""The main job once, as a client does it: sign in, upload, ask for the happy Sophia video, wait, download."""

import hashlib
import json
import time
from pathlib import Path
from typing import TextIO
from urllib.parse import urljoin

import requests

from local.progress import Progress
from local.template import Json

_SAMPLES = Path(__file__).parent / "samples"
_PATIENCE_SECONDS = 900  # Kling on a bad day; the simulator needs seconds
_FINAL = {"completed", "failed", "canceled"}
_TIMEOUT = (5, 60)


class Failed(Exception):
    """The demo did not get its video; the message says why."""


def run(stack: dict[str, Json], *, folder: Path, terminal: TextIO) -> str:
    """Makes the video with a running stack, as `Stack.describe` tells of it, and answers its permanent URL.

    Raises Failed.
    """
    try:
        client = _Client(stack)
        source_image = client.upload(_SAMPLES / "avatar-sophia.jpg")
        video = client.ask(source_image, prompt=(_SAMPLES / "happy-sophia.txt").read_text(encoding="utf-8").strip())
        video = _followed(client, video, progress=Progress(terminal))
        _save(video, folder=folder)
    except (requests.RequestException, KeyError) as error:
        raise Failed(f"the stack did not answer as it should: {error!r}") from error
    print(f"\nSaved video.mp4, thumbnail.jpg and video.json in {folder}", file=terminal)
    print("Its permanent URL (this stack ends with the demo; `make run` keeps one up):", file=terminal)
    return str(video["video_url"])


class _Client:
    def __init__(self, stack: dict[str, Json]) -> None:
        self._api: str = stack["api"]
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {_access_token(stack)}"

    def upload(self, image: Path) -> str:
        """Puts an image where only we can use it, and answers how to name it."""
        made = self._call("POST", "/v1/uploads", {"content_type": "image/jpeg"})
        form = made["upload"]
        with image.open("rb") as file:
            # Not by the session: the form carries its own signature, and the token is not the bucket's business.
            answer = requests.post(form["url"], data=form["fields"], files={"file": file}, timeout=_TIMEOUT)
        answer.raise_for_status()
        return str(made["source_image"])

    def ask(self, source_image: str, *, prompt: str) -> dict[str, Json]:
        wanted = {"model": "kling-v2-1", "duration_seconds": 5, "aspect_ratio": "1:1"}
        return self._call("POST", "/v1/videos", {"source_image": source_image, "prompt": prompt, **wanted})

    def video(self, id: str) -> dict[str, Json]:
        return self._call("GET", f"/v1/videos/{id}")

    def _call(self, method: str, path: str, body: Json = None) -> dict[str, Json]:
        answer = self._session.request(method, urljoin(self._api, path), json=body, timeout=_TIMEOUT)
        if not answer.ok:
            raise Failed(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
        return dict(answer.json())


def _access_token(stack: dict[str, Json]) -> str:
    user = stack["demo_user"]
    answer = requests.post(
        stack["cognito_endpoint"],
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": stack["client_id"],
            "AuthParameters": {"USERNAME": user["email"], "PASSWORD": user["password"]},
        },
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        timeout=_TIMEOUT,
    )
    answer.raise_for_status()
    return str(answer.json()["AuthenticationResult"]["AccessToken"])


def _followed(client: _Client, video: dict[str, Json], *, progress: Progress) -> dict[str, Json]:
    """The video once it is completed."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with progress:
        while video["status"] not in _FINAL:
            if time.monotonic() > deadline:
                raise Failed(
                    f"the video is still {video['status']} after {_PATIENCE_SECONDS} seconds; its id: {video['id']}"
                )
            progress.wait(video["poll_after_seconds"] or 1, status=video["status"])
            video = client.video(video["id"])
        progress.show(video["status"])
    if video["status"] != "completed":
        error = video["error"] or {"code": video["status"], "message": "no reason was given"}
        raise Failed(f"the video {video['status']}: {error['message']} ({error['code']})")
    return video


def _save(video: dict[str, Json], *, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = _downloaded(video["video_url"])
    _check(content, video=video)
    (folder / "video.mp4").write_bytes(content)
    (folder / "thumbnail.jpg").write_bytes(_downloaded(video["thumbnail_url"]))
    (folder / "video.json").write_text(json.dumps(video, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _downloaded(url: str) -> bytes:
    answer = requests.get(url, timeout=_TIMEOUT)
    answer.raise_for_status()
    return answer.content


def _check(content: bytes, *, video: dict[str, Json]) -> None:
    """What was downloaded must be what the API says it kept."""
    if len(content) != video["size_bytes"]:
        raise Failed(f"the video has {len(content)} bytes, and the API says {video['size_bytes']}")
    if video.get("sha256") not in {None, hashlib.sha256(content).hexdigest()}:
        raise Failed("the video's SHA-256 is not the one that the API says")
