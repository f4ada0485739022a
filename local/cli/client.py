"""The demos' API client: signs in, uploads an image, creates videos, waits for them and saves them."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO
from urllib.parse import urljoin

import requests

from local.aws.template import Json
from local.cli.progress import Progress, Row
from local.cli.sign_in import access_token

Video = dict[str, Json]

_TIMEOUT_SECONDS = 900  # enough for a slow real provider; the simulators take seconds
_FINAL = {"completed", "failed", "canceled"}
_REQUEST_TIMEOUT = (5, 60)
_CREDENTIALS = {
    "valid": "valid (signed with this machine's test certificate)",
    "untrusted": "the provider's own, unchanged (this machine does not know its issuer)",
    "absent": "none yet (signing failed; the log has the reason)",
}


class DemoError(Exception):
    """The demo cannot continue; the message says why."""


class Client:
    """An API client signed in as the demo user; `stack` is the result of `Stack.describe`."""

    def __init__(self, stack: dict[str, Json]) -> None:
        self._api: str = stack["api"]
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {_signed_in(stack)}"

    def call(self, method: str, path: str, body: Json = None) -> dict[str, Json]:
        """Return the response body. Raises DemoError with the API's error."""
        response = self._session.request(method, urljoin(self._api, path), json=body, timeout=_REQUEST_TIMEOUT)
        if not response.ok:
            raise DemoError(f"{method} {path} returned {response.status_code}: {response.text}")
        return dict(response.json())

    def upload(self, image: Path) -> str:
        """Upload an image, and return its name for create requests."""
        upload = self.call("POST", "/v1/uploads", {"content_type": "image/jpeg"})
        form = upload["upload"]
        with image.open("rb") as file:
            # Without the session, because the form is signed and the bucket must not receive the access token.
            response = requests.post(form["url"], data=form["fields"], files={"file": file}, timeout=_REQUEST_TIMEOUT)
        response.raise_for_status()
        return str(upload["source_image"])

    def estimate(self, path: str, bodies: Sequence[Json]) -> str:
        """Return a line with the models and the estimated price of these requests, without creating videos."""
        planned = [self.call("POST", path, {**body, "dry_run": True}) for body in bodies]
        models = Counter(it["model"] for it in planned)
        usd = sum(it["cost"]["estimated_usd"] for it in planned)
        counted = ", ".join(f"{count} × {model}" for model, count in models.items())
        return f"Videos        {counted}, estimated price ${usd:.2f}"

    def wait_for(self, videos: Mapping[str, Video], *, terminal: TextIO) -> dict[str, Video]:
        """Wait until all videos are final, and show their progress under their names."""
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        latest = dict(videos)
        with Progress(terminal) as progress:
            while unfinished := {name: it for name, it in latest.items() if it["status"] not in _FINAL}:
                if time.monotonic() > deadline:
                    raise DemoError(f"not finished after {_TIMEOUT_SECONDS} seconds: {_ids(unfinished)}")
                seconds = min(it["poll_after_seconds"] or 1 for it in unfinished.values())
                progress.wait(seconds, rows=_rows(latest))
                latest |= {name: self.call("GET", it["links"]["self"]) for name, it in unfinished.items()}
            progress.show(_rows(latest))
        return latest


def failure(video: Video) -> str | None:
    """Return why the video failed, or None if it is completed."""
    if video["status"] == "completed":
        return None
    error = video["error"] or {"code": video["status"], "message": "no reason given"}
    return f"{video['status']}: {error['message']} ({error['code']})"


def credential(video: Video) -> str:
    """Return a line about the content credential in a completed video's file."""
    state = video["content_credentials"]
    return f"content credential: {_CREDENTIALS.get(state, state or 'not read')}"


def save(video: Video, *, folder: Path, names: tuple[str, str, str]) -> None:
    """Save a completed video, its thumbnail and its JSON. Raises DemoError if the file differs from the record."""
    folder.mkdir(parents=True, exist_ok=True)
    content = _download(video["video_url"])
    _check(content, video=video)
    (folder / names[0]).write_bytes(content)
    (folder / names[1]).write_bytes(_download(video["thumbnail_url"]))
    (folder / names[2]).write_text(json.dumps(video, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _signed_in(stack: dict[str, Json]) -> str:
    user = stack["demo_user"]
    return access_token(
        stack["cognito_endpoint"], client_id=stack["client_id"], email=user["email"], password=user["password"]
    )


def _rows(videos: Mapping[str, Video]) -> list[Row]:
    width = max(map(len, videos))
    return [
        Row(f"{name:<{width}}  {it['status']:<10}".lstrip(), is_final=it["status"] in _FINAL)
        for name, it in videos.items()
    ]


def _ids(videos: Mapping[str, Video]) -> str:
    return ", ".join(f"{it['id']} ({it['status']})" for it in videos.values())


def _download(url: str) -> bytes:
    response = requests.get(url, timeout=_REQUEST_TIMEOUT)
    response.raise_for_status()
    return response.content


def _check(content: bytes, *, video: Video) -> None:
    """Compare the downloaded file with the size and checksum in the API's response."""
    if len(content) != video["size_bytes"]:
        raise DemoError(f"the video has {len(content)} bytes instead of {video['size_bytes']}")
    if video.get("sha256") not in {None, hashlib.sha256(content).hexdigest()}:
        raise DemoError("the SHA-256 of the video differs from the one in the API's response")
