"""A client of the API, as the demos use it: signs in, uploads an image, asks for videos, follows and keeps them."""

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

Video = dict[str, Json]

_PATIENCE_SECONDS = 900  # a provider on a bad day; the simulators need seconds
_FINAL = {"completed", "failed", "canceled"}
_TIMEOUT = (5, 60)


class Failed(Exception):
    """The demo did not get what it asked for; the message says why."""


class Client:
    """Signed in as the demo user of a running stack, as `Stack.describe` tells of it."""

    def __init__(self, stack: dict[str, Json]) -> None:
        self._api: str = stack["api"]
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {_access_token(stack)}"

    def call(self, method: str, path: str, body: Json = None) -> dict[str, Json]:
        """Raises Failed, with the API's own words, where it refuses."""
        answer = self._session.request(method, urljoin(self._api, path), json=body, timeout=_TIMEOUT)
        if not answer.ok:
            raise Failed(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
        return dict(answer.json())

    def upload(self, image: Path) -> str:
        """Puts an image where only we can use it, and answers how to name it."""
        made = self.call("POST", "/v1/uploads", {"content_type": "image/jpeg"})
        form = made["upload"]
        with image.open("rb") as file:
            # Not by the session: the form carries its own signature, and the token is not the bucket's business.
            answer = requests.post(form["url"], data=form["fields"], files={"file": file}, timeout=_TIMEOUT)
        answer.raise_for_status()
        return str(made["source_image"])

    def estimate(self, path: str, orders: Sequence[Json]) -> str:
        """What these orders would make and cost, in words; nothing is spent."""
        planned = [self.call("POST", path, {**order, "dry_run": True}) for order in orders]
        models = Counter(it["model"] for it in planned)
        usd = sum(it["cost"]["estimated_usd"] for it in planned)
        counted = ", ".join(f"{count} × {model}" for model, count in models.items())
        return f"Videos        {counted}, about ${usd:.2f} by the catalog's prices"

    def follow(self, videos: Mapping[str, Video], *, terminal: TextIO) -> dict[str, Video]:
        """The videos, by the names that they are shown under, once each has ended."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        followed = dict(videos)
        with Progress(terminal) as progress:
            while unfinished := {name: it for name, it in followed.items() if it["status"] not in _FINAL}:
                if time.monotonic() > deadline:
                    raise Failed(f"still unfinished after {_PATIENCE_SECONDS} seconds: {_ids(unfinished)}")
                seconds = min(it["poll_after_seconds"] or 1 for it in unfinished.values())
                progress.wait(seconds, rows=_rows(followed))
                followed |= {name: self.call("GET", it["links"]["self"]) for name, it in unfinished.items()}
            progress.show(_rows(followed))
        return followed


def failure(video: Video) -> str | None:
    """Why there is no video to keep, in words; None where there is one."""
    if video["status"] == "completed":
        return None
    error = video["error"] or {"code": video["status"], "message": "no reason was given"}
    return f"{video['status']}: {error['message']} ({error['code']})"


def keep(video: Video, *, folder: Path, names: tuple[str, str, str]) -> None:
    """Writes a completed video, its thumbnail and its JSON. Raises Failed where the file is not what the API says."""
    folder.mkdir(parents=True, exist_ok=True)
    content = _downloaded(video["video_url"])
    _check(content, video=video)
    (folder / names[0]).write_bytes(content)
    (folder / names[1]).write_bytes(_downloaded(video["thumbnail_url"]))
    (folder / names[2]).write_text(json.dumps(video, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


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


def _rows(videos: Mapping[str, Video]) -> list[Row]:
    width = max(map(len, videos))
    return [
        Row(f"{name:<{width}}  {it['status']:<10}".lstrip(), is_final=it["status"] in _FINAL)
        for name, it in videos.items()
    ]


def _ids(videos: Mapping[str, Video]) -> str:
    return ", ".join(f"{it['id']} ({it['status']})" for it in videos.values())


def _downloaded(url: str) -> bytes:
    answer = requests.get(url, timeout=_TIMEOUT)
    answer.raise_for_status()
    return answer.content


def _check(content: bytes, *, video: Video) -> None:
    """What was downloaded must be what the API says it kept."""
    if len(content) != video["size_bytes"]:
        raise Failed(f"the video has {len(content)} bytes, and the API says {video['size_bytes']}")
    if video.get("sha256") not in {None, hashlib.sha256(content).hexdigest()}:
        raise Failed("the video's SHA-256 is not the one that the API says")
