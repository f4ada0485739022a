"""GET /v1/me/export: begun by the first request, written by the worker, and gone after an hour."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import requests

from keepreel.db import jobs
from keepreel.media import storage
from keepreel.people import owned_videos, worker
from keepreel.schemas.account_responses import Export
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient


def ready(user: ApiClient, stack: Stack) -> dict[str, Any]:
    """Return the manifest of a new export."""
    assert user.send("GET", "/v1/me/export").status_code == 202
    stack.wait_until_idle()
    response = user.send("GET", "/v1/me/export").json()
    assert Export.model_validate(response).status == "ready"
    manifest: dict[str, Any] = requests.get(response["url"], timeout=60).json()
    return manifest


def videos_in(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [it for url in manifest["videos"]["parts"] for it in requests.get(url, timeout=60).json()["videos"]]


def test_export_has_everything_of_the_person(user: ApiClient, stack: Stack, picture: bytes) -> None:
    upload = user.upload(picture)
    user.put_community(community_id := f"c-{uuid4().hex}", avatar=upload)
    own = factories.finished_video(user, prompt="a warm smile", source_image=upload)
    factories.finished_video(user, community_id=community_id, prompt="a cold smile")
    link = user.send("POST", own["links"]["share"]).json()["url"]
    (poison,) = factories.put(user.owner, 1)
    people.poison(user.owner, poison)

    manifest = ready(user, stack)

    found = {it["record"]["video_id"]: it for it in videos_in(manifest)}
    assert manifest["account"]["email"] == people.email_of(user, stack)
    assert [it["community_id"] for it in manifest["communities"]] == [community_id]
    assert (manifest["videos"]["count"], len(found), poison in found) == (3, 3, True)
    assert found[own["id"]]["share_link"] == link
    assert found[own["id"]]["record"]["prompt"] == "a warm smile"
    assert manifest["counts"][user.owner]["total"]["shares"] == 1
    assert requests.get(found[own["id"]]["files"]["video"], timeout=60).content == factories.media_files().mp4
    (image,) = manifest["uploads"]
    assert (image["name"], requests.get(image["url"], timeout=60).content) == (upload, picture)
    assert "media_secret" not in found[own["id"]]["record"]


def test_export_continues_after_each_part_and_after_a_kill(
    user: ApiClient, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = factories.put(user.owner, 5)
    sub = user.owner.removeprefix("user#")
    monkeypatch.setattr(owned_videos, "PAGE_SIZE", 2)
    jobs.put(jobs.EXPORT, sub)
    write, calls = storage.put_json, []

    def killed(key: str, content: Any) -> None:
        calls.append(key)
        if len(calls) % 2:
            raise KeyboardInterrupt
        write(key, content)

    monkeypatch.setattr(storage, "put_json", killed)
    while "expires_at" not in people.state(jobs.EXPORT, sub):
        people.make_due(jobs.EXPORT, sub)  # the lease of the killed run has ended
        with suppress(KeyboardInterrupt):
            worker.run(jobs.EXPORT, sub, seconds_left=0)

    assert len(calls) == 2 * 4  # three parts and the manifest, each killed once
    response = user.send("GET", "/v1/me/export").json()
    manifest = requests.get(response["url"], timeout=60).json()
    assert sorted(it["record"]["video_id"] for it in videos_in(manifest)) == sorted(ids)


def test_export_is_removed_when_its_links_expire(user: ApiClient, stack: Stack) -> None:
    ready(user, stack)
    people.age(jobs.EXPORT, sub := user.owner.removeprefix("user#"))

    worker.run(jobs.EXPORT, sub, seconds_left=60)

    assert f"exports/user/{sub}" not in people.everything_stored()
    assert user.send("GET", "/v1/me/export").status_code == 202
