"""GET: one video, lists, downloads; and nothing of somebody else's."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
import requests

from keepreel import generation, orders
from keepreel.inputs import VideoRequest
from keepreel.models import Video
from local.simulators.kling import KlingSimulator
from local.stack import Stack
from tests.person import Person

FIELDS = {
    "id", "owner", "type", "status", "prompt", "final_prompt", "template", "negative_prompt", "provider", "model",
    "duration_seconds", "aspect_ratio", "resolution", "source_image_url", "video_url", "thumbnail_url", "width",
    "height", "size_bytes", "sha256", "measured_seconds", "error", "poll_after_seconds", "elapsed_seconds",
    "seed", "batch_id", "batch_index", "counts", "cost", "created_at", "updated_at", "completed_at", "links",
}  # fmt: skip


def make(person: Person, count: int) -> list[str]:
    """Videos that stay queued, newest first."""
    made = [
        generation.create(orders.of_person(VideoRequest(prompt=f"smile {n}"), owner=person.owner), key=None)
        for n in range(count)
    ]
    return [created.videos[0].video_id for created in reversed(made)]


def test_a_video_shows_every_field_of_the_contract(person: Person) -> None:
    asked = person.ask().json()
    kept = person.follow(asked["id"])

    assert set(asked) - {"videos"} == set(kept) == FIELDS
    assert (asked["video_url"], asked["links"]) == (None, {"self": f"/v1/videos/{asked['id']}"})
    assert kept["links"]["download"] == f"/v1/videos/{asked['id']}/download"
    for name in ("created_at", "updated_at", "completed_at"):
        assert datetime.fromisoformat(kept[name]).tzinfo == UTC
    assert kept["poll_after_seconds"] is None
    assert 0 < kept["elapsed_seconds"] < 60


def test_an_unfinished_video_says_when_to_ask_again(person: Person, without_workflow: None) -> None:
    (id,) = make(person, 1)

    answer = person.send("GET", f"/v1/videos/{id}")

    assert (answer.json()["status"], answer.json()["poll_after_seconds"]) == ("queued", 1)
    assert answer.headers["Retry-After"] == "1"


def test_asking_for_the_status_never_asks_the_provider(
    person: Person, kling: KlingSimulator, without_workflow: None
) -> None:
    (id,) = make(person, 1)
    kling.fault(on="query", kind="http_500", times=1, external_id=id)

    for _ in range(3):
        person.video(id)

    assert [fault["external_id"] for fault in kling.waiting_faults()] == [id]


def test_pages_go_through_all_videos_newest_first_once_each(person: Person, without_workflow: None) -> None:
    ids = make(person, 7)

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = person.send("GET", "/v1/videos?limit=3" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [video["id"] for video in page["videos"]]
        cursor = page["next_cursor"]

    assert seen == ids


def test_a_list_of_nothing_is_empty(person: Person) -> None:
    assert person.send("GET", "/v1/videos").json() == {"videos": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=abc", "cursor=../..", "page=2"]
)
def test_a_list_query_that_cannot_be_is_refused(query: str, person: Person) -> None:
    answer = person.send("GET", f"/v1/videos?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/" + query.split("=")[0])


def test_a_video_that_is_being_deleted_is_not_shown(person: Person, without_workflow: None) -> None:
    shown, hidden = make(person, 2)
    Video(person.owner, hidden).update(actions=[Video.status.set("deleting")], condition=Video.status == "queued")

    assert [video["id"] for video in person.send("GET", "/v1/videos").json()["videos"]] == [shown]
    assert person.send("GET", f"/v1/videos/{hidden}").status_code == 404


def test_a_download_saves_under_a_name_and_by_ranges(person: Person) -> None:
    video = person.follow(person.ask().json()["id"])

    answer = person.send("GET", f"/v1/videos/{video['id']}/download")
    part = requests.get(answer.headers["Location"], headers={"Range": "bytes=4-7"}, timeout=30)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    assert (part.status_code, part.content) == (206, b"ftyp")
    name = f"keepreel-{video['created_at'][:10]}-{video['id'][-8:]}.mp4"
    assert part.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_what_is_not_finished_cannot_be_downloaded(person: Person, without_workflow: None) -> None:
    (id,) = make(person, 1)

    answer = person.send("GET", f"/v1/videos/{id}/download")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


@pytest.mark.parametrize("path", ["/v1/videos/{id}", "/v1/videos/{id}/download"])
def test_another_persons_video_looks_as_if_it_were_not_there(path: str, person: Person, somebody_else: Person) -> None:
    theirs = somebody_else.follow(somebody_else.ask().json()["id"])["id"]

    answers = [person.send("GET", path.format(id=id)) for id in (theirs, str(uuid4()), str(UUID(int=0)))]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({_anonymous(answer) for answer in answers}) == 1
    assert person.send("GET", "/v1/videos").json()["videos"] == []


@pytest.mark.parametrize(
    "method_and_path",
    ["GET /v1/videos", "GET /v1/videos/x", "GET /v1/videos/x/download", "POST /v1/videos", "POST /v1/uploads"],
)
@pytest.mark.parametrize("kind", ["none", "empty", "garbage", "unsigned", "other key", "expired"])
def test_without_a_good_token_there_is_nothing(method_and_path: str, kind: str, stack: Stack, person: Person) -> None:
    method, path = method_and_path.split()

    answer = requests.request(method, stack.url + path, headers=_header(kind, person), json={"prompt": "a"}, timeout=30)

    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def _header(kind: str, person: Person) -> dict[str, str]:
    claims: dict[str, Any] = jwt.decode(person.token, options={"verify_signature": False})
    headers = {"kid": jwt.get_unverified_header(person.token)["kid"]}
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


def _anonymous(answer: requests.Response) -> str:
    content = answer.json()
    return str({**content, "instance": "", "request_id": ""})
