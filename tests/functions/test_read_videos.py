"""GET one video: fields, links, ETags and access."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
import requests

from keepreel.db import video_records
from keepreel.db.status import Status
from local.api import routes
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
from tests.factories import place, put, record, write

FIELDS = {
    "id", "owner", "type", "status", "prompt", "final_prompt", "template", "negative_prompt", "provider", "model",
    "duration_seconds", "aspect_ratio", "resolution", "source_image_url", "video_url", "thumbnail_url", "width",
    "height", "size_bytes", "sha256", "source_sha256", "ai_generated", "content_credentials",
    "measured_seconds", "error", "poll_after_seconds", "elapsed_seconds", "queue",
    "usual_seconds", "seed", "batch_id", "batch_index", "remixed_from", "counts", "cost", "created_at", "updated_at",
    "completed_at", "links", "user_id", "community_id", "created_by", "provider_task_id", "requested_model",
    "delivered_resolution", "enhanced_prompt", "file_expires_at", "end_image_url", "reference_image_urls", "sound",
    "shots", "cfg_scale", "motions", "enhance_prompt", "camera_movement", "watermark",
}  # fmt: skip
DETAILS = {"source_image_link", "generation_metadata"}


def test_video_has_every_documented_field(user: ApiClient) -> None:
    created = user.create_video().json()
    finished = user.follow(created["id"])

    assert set(created) == FIELDS | {"job_id", "videos"}
    assert set(finished) == FIELDS | DETAILS
    assert (created["video_url"], created["usual_seconds"]) == (None, {"fastest": 40, "usually": 80})
    for name in ("created_at", "updated_at", "completed_at"):
        assert datetime.fromisoformat(finished[name]).tzinfo == UTC
    assert finished["poll_after_seconds"] is None
    assert 0 < finished["elapsed_seconds"] < 60


def test_unfinished_video_has_a_polling_interval(user: ApiClient) -> None:
    (id,) = put(user.owner, 1, status="queued")

    response = user.send("GET", f"/v1/videos/{id}")

    assert (response.json()["status"], response.json()["poll_after_seconds"]) == ("queued", 1)
    assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize("flow", ["user", "bot"])
def test_reading_a_video_sends_no_request_to_a_provider(
    flow: str, user: ApiClient, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    videos, owner = place(user, flow)
    sent = [
        record(owner, provider=provider, status=status, provider_task_id="1", submitted_at=datetime.now(UTC))
        for provider, status in product(("kling", "higgsfield"), set(Status) - {Status.DELETING})
    ]
    write(sent)
    kling.fault(on="query", kind="http_500")
    higgsfield.fault(on="query", kind="http_500")

    shown = [user.video(video.video_id, videos=videos)["status"] for video in sent]

    assert shown == [video.status for video in sent]
    assert [len(it.pending_faults()) for it in (kling, higgsfield)] == [1, 1]


@pytest.mark.parametrize(
    ("provider", "task", "offered"),
    [("kling", None, {"cancel"}), ("kling", "a task", set()), ("higgsfield", "a task", {"cancel"})],
)
def test_cancel_is_offered_only_while_the_provider_allows_it(
    provider: str, task: str | None, offered: set[str], user: ApiClient
) -> None:
    video = record(user.owner, provider=provider, status="processing", provider_task_id=task)
    (id,) = write([video])

    shown = user.video(id)["links"]

    assert {"cancel"} & shown.keys() == offered


@pytest.mark.parametrize("flow", ["user", "bot"])
@pytest.mark.parametrize(
    ("status", "links"),
    [
        ("queued", {"cancel", "remix"}),
        ("processing", {"cancel", "remix"}),
        ("delayed", {"cancel", "remix"}),
        ("saving", {"remix"}),
        ("completed", {"download", "share", "remix"}),
        ("failed", {"retry", "remix"}),
        ("canceled", {"retry", "remix"}),
    ],
)
def test_links_are_the_actions_that_are_possible_next(status: str, links: set[str], flow: str, user: ApiClient) -> None:
    videos, owner = place(user, flow)
    (id,) = put(owner, 1, status=status)

    shown = user.video(id, videos=videos)["links"]

    here = f"{videos}/{id}"
    assert shown == {"self": here, **{name: f"{here}/{name}" for name in links}, "delete": here}


@pytest.mark.parametrize("flow", ["user", "bot"])
def test_every_link_is_a_route(flow: str, stack: Stack, user: ApiClient) -> None:
    videos, owner = place(user, flow)
    ids = [id for status in ("queued", "completed", "failed") for id in put(owner, 1, status=status)]

    links = {link for id in ids for link in user.video(id, videos=videos)["links"].items()}

    api, methods = routes.api(stack.template, stack.resources), {"self": "GET", "download": "GET", "delete": "DELETE"}
    found = [api.route(methods.get(name, "POST"), link) for name, link in links]
    assert len(found) == 13
    assert [it for it in found if it is None or it[0].key == "$default"] == []


def test_removed_model_has_no_usual_seconds(user: ApiClient) -> None:
    (id,) = put(user.owner, 1, model="kling-0.1", status="processing")

    assert user.video(id)["usual_seconds"] is None


@pytest.mark.parametrize("header", ["{etag}", "{strong}", '"another", {etag}', '"another" ,{strong}', "*"])
def test_unchanged_video_returns_304(header: str, user: ApiClient) -> None:
    (id,) = put(user.owner, 1, status="processing")
    first = user.send("GET", f"/v1/videos/{id}")
    etag = first.headers["ETag"]

    known = header.format(etag=etag, strong=etag.removeprefix("W/"))
    again = user.send("GET", f"/v1/videos/{id}", headers={"If-None-Match": known})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Retry-After"] == "1"
    assert again.headers["Cache-Control"] == "no-store"


def test_changed_video_has_another_etag(user: ApiClient) -> None:
    videos, owner = place(user, "bot")
    (id,) = put(owner, 1, status="processing")
    before = user.send("GET", f"{videos}/{id}").headers["ETag"]

    video_records.transition(video_records.get(owner=owner, video_id=id), to=Status.DELAYED)
    after = user.send("GET", f"{videos}/{id}", headers={"If-None-Match": before})

    assert (after.status_code, after.json()["status"]) == (200, "delayed")
    assert after.headers["ETag"] != before


def test_etag_does_not_reveal_another_users_video(user: ApiClient, other_user: ApiClient) -> None:
    (id,) = put(other_user.owner, 1)

    assert user.send("GET", f"/v1/videos/{id}", headers={"If-None-Match": "*"}).status_code == 404


def test_video_in_deletion_is_not_found(user: ApiClient) -> None:
    (id,) = put(user.owner, 1, status="deleting")

    assert user.send("GET", f"/v1/videos/{id}").status_code == 404


@pytest.mark.parametrize("path", ["/v1/videos/{id}", "/v1/videos/{id}/download"])
def test_another_users_video_is_not_found(path: str, user: ApiClient, other_user: ApiClient) -> None:
    theirs = factories.finished_video(other_user)["id"]

    responses = [user.send("GET", path.format(id=id)) for id in (theirs, str(uuid4()), str(UUID(int=0)))]

    assert [response.status_code for response in responses] == [404] * 3
    assert len({_anonymous(response) for response in responses}) == 1
    assert user.send("GET", "/v1/videos").json()["videos"] == []


@pytest.mark.parametrize(
    "method_and_path",
    ["GET /v1/videos", "GET /v1/videos/x", "GET /v1/videos/x/download", "POST /v1/videos", "POST /v1/uploads"],
)
@pytest.mark.parametrize("kind", ["none", "empty", "garbage", "unsigned", "other key", "expired"])
def test_invalid_token_is_unauthorized(method_and_path: str, kind: str, stack: Stack, user: ApiClient) -> None:
    method, path = method_and_path.split()

    response = requests.request(method, stack.url + path, headers=_header(kind, user), json={"prompt": "a"}, timeout=60)

    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})


def _header(kind: str, user: ApiClient) -> dict[str, str]:
    claims: dict[str, Any] = jwt.decode(user.token, options={"verify_signature": False})
    headers = {"kid": jwt.get_unverified_header(user.token)["kid"]}
    tokens = {
        "empty": "",
        "garbage": "a.b.c",
        "unsigned": jwt.encode(claims, "", algorithm="none", headers=headers),
        "other key": jwt.encode(claims, _OTHER_KEY, algorithm="RS256", headers=headers),
        "expired": jwt.encode({**claims, "exp": 1}, _OTHER_KEY, algorithm="RS256", headers=headers),
    }
    return {} if kind == "none" else {"Authorization": f"Bearer {tokens[kind]}"}


def _other_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


_OTHER_KEY = _other_key()


def _anonymous(response: requests.Response) -> str:
    content = response.json()
    return str({**content, "instance": "", "request_id": ""})
