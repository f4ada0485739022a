"""Both flows of users on the emulated deployment, over HTTP: a person's video, and a community's four videos."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import requests

from local.cli.sign_in import access_token
from local.paths import ROOT
from local.tools.emulate.emulator import Emulator

_EMAIL, _PASSWORD = "ada@example.com", "Keepreel-demo-1"
_SECONDS = 180
_FINAL = ("completed", "failed", "canceled")


class FlowFailed(Exception):
    """A flow did not end with stored videos; the message says where it stopped."""


def sign_in(emulator: Emulator, *, pool: str, client: str) -> str:
    """Create a user and return an access token."""
    cognito = emulator.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=pool, Username=_EMAIL, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=_EMAIL, Password=_PASSWORD, Permanent=True)
    return access_token(emulator.endpoint, client_id=client, email=_EMAIL, password=_PASSWORD)


def person(url: str, token: str) -> str:
    """Create a video, wait, and compare the stored file with the record. Raises FlowFailed."""
    body = {"prompt": "A paper boat crosses a puddle in the rain.", "model": "kling-2.5-turbo"}
    video = _wait(url, token, _call("POST", url, "/v1/videos", token, body))
    listed = _call("GET", url, "/v1/videos", token)["videos"]
    if [it["id"] for it in listed] != [video["id"]]:
        raise FlowFailed(f"the history has {len(listed)} videos, not the one that was created")
    return _stored(url, video)


def community(url: str, token: str) -> str:
    """Create a community's four videos, wait, and compare the stored files. Raises FlowFailed."""
    fields = json.loads((ROOT / "local/samples/community.json").read_text(encoding="utf-8"))
    _call("PUT", url, "/v1/communities/sophia", token, fields)
    path = "/v1/communities/sophia/videos"
    bodies: list[dict[str, Any]] = [{"type": it} for it in ("intro", "promo", "token_reveal")]
    bodies.append({"type": "custom", "prompt": "Golden light over a studio."})
    created = [_call("POST", url, path, token, body) for body in bodies]
    return "; ".join(_stored(url, _wait(url, token, it)) for it in created)


def _call(method: str, url: str, path: str, token: str, body: Any = None) -> dict[str, Any]:
    response = requests.request(
        method, urljoin(url, path), json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    if not response.ok:
        raise FlowFailed(f"{method} {path} returned {response.status_code}: {response.text[:500]}")
    return dict(response.json())


def _wait(url: str, token: str, video: Mapping[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        found = _call("GET", url, video["links"]["self"], token)
        if found["status"] in _FINAL:
            return found
        time.sleep(1)
    raise FlowFailed(f"{video['type']} is still {found['status']} after {_SECONDS} seconds")


def _stored(url: str, video: Mapping[str, Any]) -> str:
    """Return a line about the stored file, and raise FlowFailed if it is not what the record says."""
    if video["status"] != "completed":
        raise FlowFailed(f"{video['type']} is {video['status']}: {video['error']}")
    content = requests.get(urljoin(url, video["video_url"]), timeout=60).content
    if hashlib.sha256(content).hexdigest() != video["sha256"]:
        raise FlowFailed(f"{video['type']}: the stored file differs from the record")
    return f"{video['type']} {video['model']} {len(content):,} bytes"
