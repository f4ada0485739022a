"""AWS does not respond during an HTTP request: the answer is 503 with "try again", never 500."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from keepreel import aws
from keepreel.workflow import callback_urls
from tests.api_client import ApiClient
from tests.aws_faults import LOST_REPLY, NO_RESPONSE, Fault, answers, aws_faults, raises
from tests.factories import finished_video
from tests.workflow_driver import create_video, step

_VIDEO = {"prompt": "a warm smile"}
ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/v1/videos", _VIDEO),
    ("POST", "/v1/videos", {**_VIDEO, "variations": 2}),
    ("POST", "/v1/videos", {**_VIDEO, "source_image": "{upload}"}),
    ("GET", "/v1/videos", None),
    ("GET", "/v1/videos?status=completed", None),
    ("GET", "/v1/videos/{id}", None),
    ("GET", "/v1/videos/{id}/download", None),
    ("HEAD", "/v1/videos/{id}/download", None),
    ("GET", "/v1/videos/{id}/credentials", None),
    ("POST", "/v1/videos/{id}/share", {}),
    ("DELETE", "/v1/videos/{id}/share", None),
    ("POST", "/v1/videos/{id}/remix", {}),
    ("POST", "/v1/videos/{id}/retry", None),
    ("POST", "/v1/videos/{id}/cancel", None),
    ("DELETE", "/v1/videos/{id}", None),
    ("GET", "/v1/communities", None),
    ("GET", "/v1/communities/{community}", None),
    ("PUT", "/v1/communities/{community}", {"name": "Sophia's friends"}),
    ("GET", "/v1/communities/{community}/prompt?type=intro", None),
    ("GET", "/v1/communities/{community}/videos", None),
    ("POST", "/v1/communities/{community}/videos", {"type": "intro"}),
    ("GET", "/v1/communities/{community}/stats", None),
    ("GET", "/v1/models", None),
    ("GET", "/v1/stats", None),
    ("GET", "/s/{token}", None),
    ("GET", "/config.json", None),
    ("POST", "/callbacks/kling/{callback}", {}),
    ("GET", "/v1/me/export", None),
]
OUTAGES = {
    "read timeout": raises(NO_RESPONSE["read timeout"]),
    "throttled": answers("ThrottlingException", 400),
    "lost reply": LOST_REPLY,
}


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=lambda it: it if isinstance(it, str) else "")
def test_route_answers_503_whichever_call_fails(
    method: str, path: str, body: dict[str, Any] | None, outage: str, user: ApiClient, picture: bytes
) -> None:
    at = 0
    while True:
        names = _names(user, path, picture if "{upload}" in str(body) else None)
        filled = body and {name: _filled(value, names) for name, value in body.items()}
        aws._secrets.cache_clear()
        aws._parameters.cache_clear()
        with aws_faults(_only(at, OUTAGES[outage])) as plan:
            answer = user.send(method, _filled(path, names), json=filled)
        if not plan.faults:
            break
        if answer.status_code >= 500:
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), answer.text
            assert method == "HEAD" or "try again" in answer.json()["detail"]
        at += 1
    assert answer.status_code < 500


def test_refused_call_is_an_internal_error(user: ApiClient) -> None:
    with aws_faults(lambda _: answers("AccessDeniedException", 400)):
        answer = user.send("GET", "/v1/videos")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


def _names(user: ApiClient, path: str, upload: bytes | None) -> dict[str, str]:
    """Create what the path or the body names."""
    names = {}
    if "{id}" in path or "{token}" in path:
        names["id"] = finished_video(user)["id"]
    if "{token}" in path:
        shared = user.send("POST", f"/v1/videos/{names['id']}/share", json={}).json()
        names["token"] = shared["url"].rsplit("/", 1)[-1]
    if "{callback}" in path:
        video = create_video()
        assert step("queued", video) == "processing"
        names["callback"] = callback_urls._token("kling", owner=video.owner, video_id=video.video_id)
    if "{community}" in path:
        names["community"] = uuid4().hex
        user.put_community(names["community"])
    if upload:
        names["upload"] = user.upload(upload)
    return names


def _filled(value: Any, names: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for name, it in names.items():
        value = value.replace(f"{{{name}}}", it)
    return value


def _only(number: int, fault: Fault) -> Callable[[int], Fault | None]:
    return lambda call: fault if call == number else None
