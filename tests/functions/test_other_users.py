"""Over a thousand requests for another user's data; each gets the response for a missing resource."""

import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests

from tests import factories
from tests.api_client import ApiClient

ACTIONS = [
    ("GET", ""),
    ("DELETE", ""),
    ("GET", "/download"),
    ("HEAD", "/download"),
    ("GET", "/download?variant=thumbnail"),
    ("POST", "/share"),
    ("DELETE", "/share"),
    ("POST", "/cancel"),
    ("POST", "/remix"),
    ("POST", "/retry"),
]
COMMUNITY_ACTIONS = [
    ("GET", ""),
    ("PUT", ""),
    ("GET", "/prompt?type=intro"),
    ("GET", "/stats"),
    ("GET", "/videos"),
    ("GET", "/videos?limit=1&status=completed"),
    ("POST", "/videos"),
]


@dataclass(frozen=True, kw_only=True)
class Victim:
    user: ApiClient
    sub: str
    video: dict[str, Any]
    bot_video: dict[str, Any]
    community: str
    upload: str
    secrets: tuple[str, ...]  # must not appear in a response to another user


@pytest.fixture
def victim(other_user: ApiClient, picture: bytes) -> Victim:
    community, upload = f"theirs-{uuid4().hex}", other_user.upload(picture)
    other_user.put_community(community, agent_name="Confidential Sophia", avatar=upload)
    prompt = "confidential words"
    video = factories.finished_video(other_user, prompt=prompt, source_image=upload)
    bot_video = factories.finished_video(other_user, community_id=community, type="intro", prompt=prompt)
    share = other_user.send("POST", f"/v1/videos/{video['id']}/share").json()["url"]
    return Victim(
        user=other_user,
        sub=other_user.owner.removeprefix("user#"),
        video=video,
        bot_video=bot_video,
        community=community,
        upload=upload,
        secrets=("onfidential", video["video_url"].split("/")[-2], bot_video["video_url"].split("/")[-2], share[-22:]),
    )


def spellings(id: str) -> Iterator[str]:
    """Ways to spell an id, and to hide another path or owner in it."""
    yield from (id, id.upper(), f"{id}%20", f"%20{id}", f"{id}%00", f"{id}/", f"{id}%2F", f"./{id}", f"..%2F{id}")
    yield from (f"{id}%23x", f"{id};x=1", quote(f"{id}?x"), f"{id}%0d%0aX: 1", f"{id}'", f"{id}%22", f"{id},{id}")
    yield from (quote(id, safe="").replace("-", "%2D"), id.replace("-", ""), f"{{{id}}}", f"urn:uuid:{id}", f"{id}*")


def spoofed_parameters(victim: Victim) -> Iterator[dict[str, Any]]:
    """Parameters and headers that claim to be the owner."""
    yield {}
    yield {"params": {"owner": f"user#{victim.sub}", "sub": victim.sub}}
    yield {"headers": {"X-User-Id": victim.sub, "X-Forwarded-User": victim.sub, "X-Amzn-Oidc-Identity": victim.sub}}
    yield {"headers": {"X-HTTP-Method-Override": "DELETE", "X-Original-URL": f"/v1/videos/{victim.video['id']}"}}


def attempts(victim: Victim, own_community: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    places = [
        f"/v1/videos/{id}"
        for video in (victim.video, victim.bot_video)
        for id in spellings(video["id"])
    ] + [
        f"/v1/communities/{community}/videos/{id}"
        for community, video in ((victim.community, victim.bot_video), (own_community, victim.video))
        for id in spellings(video["id"])
    ]  # fmt: skip
    for place, (method, action) in itertools.product(places, ACTIONS):
        yield method, place + action, {}
    for spoofed, (method, action) in itertools.product(spoofed_parameters(victim), ACTIONS):
        yield method, f"/v1/videos/{victim.video['id']}{action}", spoofed
    for spoofed, spelling, (method, action) in itertools.product(
        spoofed_parameters(victim), list(spellings(victim.community))[:12], COMMUNITY_ACTIONS
    ):
        if method != "PUT" or spelling == victim.community:  # any user may take a free id
            yield method, f"/v1/communities/{spelling}{action}", spoofed


def send(user: ApiClient, method: str, path: str, spoofed: dict[str, Any]) -> requests.Response:
    body: Any = None
    if method == "PUT":
        body = {"name": "Mine now"}
    elif method == "POST" and path.endswith("/videos"):
        body = {"type": "custom", "prompt": "a smile", "model": "kling-3.0"}
    while (response := user.send(method, path, json=body, **spoofed)).status_code == 429:
        time.sleep(0.1)  # the gateway's throttle
    return response


def test_over_a_thousand_attempts_find_nothing(user: ApiClient, victim: Victim) -> None:
    own_community = uuid4().hex
    user.put_community(own_community)
    before = victim.user.send("GET", "/v1/videos").json()

    seen: Counter[int] = Counter()
    for method, path, spoofed in attempts(victim, own_community):
        response = send(user, method, path, spoofed)
        assert response.status_code in (400, 404, 405), (method, path)
        assert not [secret for secret in victim.secrets if secret in response.text], (method, path)
        seen[response.status_code] += 1

    assert seen.total() > 1000
    assert victim.user.send("GET", "/v1/videos").json() == before
    assert victim.user.video(victim.video["id"])["status"] == "completed"
    assert victim.user.send("GET", f"/v1/communities/{victim.community}").json()["agent_name"] == "Confidential Sophia"


@pytest.mark.parametrize(("method", "action"), ACTIONS)
def test_another_users_video_looks_like_a_missing_one(
    method: str, action: str, user: ApiClient, victim: Victim
) -> None:
    theirs, missing = (send(user, method, f"/v1/videos/{id}{action}", {}) for id in (victim.video["id"], str(uuid4())))

    def visible(response: requests.Response) -> Any:
        content = json.loads(response.text) if response.text else {}
        return {name: value for name, value in content.items() if name not in ("instance", "request_id")}

    assert (theirs.status_code, visible(theirs)) == (missing.status_code, visible(missing))


def test_another_users_upload_is_neither_source_nor_avatar(user: ApiClient, victim: Victim) -> None:
    responses = [
        user.create_video(source_image=victim.upload),
        user.create_video(source_image_url=victim.upload),
        user.send("PUT", f"/v1/communities/{uuid4().hex}", json={"name": "A", "avatar": victim.upload}),
    ]

    assert [(it.status_code, it.json()["code"]) for it in responses] == [(400, "invalid_image")] * 3
