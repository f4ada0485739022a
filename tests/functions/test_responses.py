"""The responses of every route match the OpenAPI document, field by field."""

import re
from typing import Any
from uuid import uuid4

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from local.tools import openapi
from local.tools.api_operations import operations
from tests import people
from tests.api_client import ApiClient

DOCUMENT: dict[str, Any] = openapi.document()
OPERATIONS = {(it.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", it.path))): it for it in operations()}


def check(response: requests.Response) -> str:
    """Compare a response with the document and return the operation's name."""
    path = response.request.path_url.partition("?")[0]
    (operation,) = [
        it for (method, at), it in OPERATIONS.items() if method == response.request.method and at.fullmatch(path)
    ]
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(response.status_code) in described, (operation.id, response.status_code, response.text[:300])
    documented = described[str(response.status_code)]
    for name, header in documented.get("headers", {}).items():
        assert header
        assert name in response.headers or name in ("Idempotent-Replayed", "Retry-After"), (operation.id, name)
    for kind, content in documented.get("content", {}).items():
        assert response.headers["Content-Type"].partition(";")[0] == kind or "$ref" not in content["schema"]
        if "$ref" in content["schema"]:
            openapi.model(content["schema"]["$ref"].rpartition("/")[2]).model_validate_json(response.content)
    return operation.id


@pytest.fixture
def videos(user: ApiClient, picture: bytes) -> str:
    return user.put_community(
        uuid4().hex, agent_name="Sophia", agent_instructions="You help brands.", avatar=user.upload(picture)
    )


def test_every_route_responds_as_documented(
    user: ApiClient, videos: str, kling: KlingSimulator, higgsfield: HiggsfieldSimulator, picture: bytes, stack: Stack
) -> None:
    community = videos.removesuffix("/videos")
    kling.fault(on="create", kind="code", code=1301)
    failed = {"/v1/videos": user.create_video(prompt="refused").json()["id"]}
    user.follow(failed["/v1/videos"])
    kling.fault(on="create", kind="code", code=1301)
    failed[videos] = user.create_bot_video(videos, type="custom", prompt="refused", model="kling-3.0").json()["id"]
    user.follow(failed[videos], videos=videos)

    seen = [
        check(user.send("POST", "/v1/uploads", json={"content_type": "image/png"})),
        check(user.send("POST", "/v1/uploads", json={})),
        check(user.send("PUT", community, json={"name": "Sophia's", "agent_instructions": "You help brands."})),
        check(user.send("PUT", f"/v1/communities/{uuid4().hex}", json={"name": "New"})),
        check(user.send("PUT", community, json={})),
        check(user.send("GET", community)),
        check(user.send("GET", "/v1/communities?limit=1")),
        check(user.send("GET", f"{community}/prompt?type=intro")),
        check(user.send("GET", f"{community}/stats")),
        check(user.send("GET", f"{community}x")),
        check(user.send("GET", "/v1/stats")),
        check(user.send("GET", "/v1/models")),
        check(user.send("GET", "/v1/templates")),
        check(requests.get(f"{user.url}/v1/models", timeout=60)),
        check(requests.post(f"{user.url}/callbacks/kling/forged", json={}, timeout=60)),
        check(user.create_video(dry_run=True)),
        check(user.create_video(prompt="")),
        check(user.create_bot_video(videos, type="intro", dry_run=True)),
        check(user.create_bot_video(videos, type="token_reveal")),
    ]
    for folder, created in (
        ("/v1/videos", user.create_video(variations=2)),
        (videos, user.create_bot_video(videos, type="promo")),
    ):
        here = f"{folder}/{created.json()['id']}"
        link = None
        seen.append(check(created))
        user.follow(created.json()["id"], videos=folder)
        etag = user.send("GET", here).headers["ETag"]
        for method, path, fields in (
            ("GET", folder, {}),
            ("GET", f"{folder}?limit=0", {}),
            ("GET", here, {}),
            ("GET", here, {"headers": {"If-None-Match": etag}}),
            ("GET", f"{here}/download", {}),
            ("GET", f"{here}/credentials", {}),
            ("GET", f"{here}/download?redirect=false", {}),
            ("HEAD", f"{here}/download", {}),
            ("GET", f"{here}/download?variant=gif", {}),
            ("POST", f"{here}/share", {"json": {"expires_in_days": 7}}),
            ("POST", f"{here}/share", {"json": {"expires_in_days": 0}}),
            ("POST", f"{here}/remix", {"json": {"dry_run": True}}),
            ("POST", f"{here}/remix", {"json": {"prompt": "other"}}),
            ("POST", f"{here}/retry", {}),
            ("POST", f"{folder}/{failed[folder]}/retry", {}),
            ("GET", f"{folder}/{failed[folder]}", {}),
            ("GET", f"{folder}/{failed[folder]}/download", {}),
            ("GET", f"{folder}/{failed[folder]}/credentials", {}),
            ("POST", f"{folder}/{failed[folder]}/share", {}),
            ("POST", f"{here}/cancel", {}),
        ):
            response = user.send(method, path, **fields)
            link = response.json()["url"] if path.endswith("/share") and response.status_code == 201 else link
            seen.append(check(response))
        assert link
        seen += [check(requests.request(method, link, timeout=60)) for method in ("GET", "HEAD")]
        seen += [
            check(user.send(method, path))
            for method, path in (("DELETE", f"{here}/share"), ("DELETE", here), ("DELETE", here))
        ]
        seen.append(check(requests.get(link, timeout=60)))
    seen += [_canceled(user, "/v1/videos", higgsfield), _canceled(user, videos, higgsfield)]
    seen += _left(user, community, stack)
    seen += [
        check(requests.get(user.url + path, timeout=60))
        for path in (
            "/",
            "/static/index.html",
            "/static/x",
            "/config.json",
            "/openapi.json",
            "/docs",
            "/docs/docs.js",
            "/docs/x",
        )
    ]

    assert set(seen) == {it.id for it in OPERATIONS.values()}


def _left(user: ApiClient, community: str, stack: Stack) -> list[str]:
    """Export everything, then delete the community and the account."""
    seen = [
        check(user.send("GET", "/v1/me/export")),
        check(user.send("DELETE", community)),
        check(user.send("DELETE", "/v1/me", json={"email": "wrong"})),
        check(requests.get(f"{user.url}/v1/erasures/unknown", timeout=60)),
    ]
    erased = user.send("DELETE", "/v1/me", json={"email": people.email_of(user, stack)})
    receipt = requests.get(user.url + erased.json()["links"]["self"], timeout=60)
    return [*seen, check(erased), check(receipt), check(user.send("GET", "/v1/me/export"))]


def _canceled(user: ApiClient, folder: str, higgsfield: HiggsfieldSimulator) -> str:
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    fields = {"prompt": "waits", "model": "higgsfield-dop-lite", "source_image": "https://example.com/a.jpg"}
    made = (
        user.create_video(**fields)
        if folder == "/v1/videos"
        else user.create_bot_video(folder, type="custom", **fields)
    )
    user.follow(made.json()["id"], until=("processing",), videos=folder)
    return check(user.send("POST", f"{folder}/{made.json()['id']}/cancel"))
