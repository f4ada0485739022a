"""Every Higgsfield sample of the vendor's documentation is accepted or produced by the simulator, with its shape."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.data.vendor_samples import Sample, sample, samples
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import DOP, HiggsfieldClient, image

_KLING_3 = "/kling-video/v3.0/std/image-to-video"
_KLING_3_TEXT = "/kling-video/v3.0/std/text-to-video"
_REQUESTS = [it for it in samples() if it.about["vendor"] == "higgsfield" and it.about["direction"] == "request"]
_IMAGE_RESULT = 92  # of an image model; the simulator serves video models only


class Story:
    """What a test needs to provoke a response."""

    def __init__(self, client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock) -> None:
        self.client, self.higgsfield, self.clock = client, higgsfield, clock

    def create(self, path: str = _KLING_3, **fields: Any) -> requests.Response:
        return self.client.create(path=path, **fields)

    def ended(self, fault: str | None = None, **details: Any) -> requests.Response:
        if fault:
            self.higgsfield.fault(on="create", kind=fault, **details)
        return self.after(10)

    def after(self, seconds: float) -> requests.Response:
        id = self.client.accepted()
        self.clock.now += seconds
        return self.client.status(id)

    def canceled(self, *, after: float) -> requests.Response:
        id = self.client.accepted()
        self.clock.now += after
        return self.client.cancel(id)

    def refused(self, **settings: Any) -> requests.Response:
        self.higgsfield.configure(**settings)
        return self.create()

    def failing(self, status: int) -> requests.Response:
        self.higgsfield.fault(on="create", kind="code", status=status)
        return self.create()

    def estimate(self, path: str, **settings: Any) -> requests.Response:
        self.higgsfield.configure(**settings)
        return self.client.create(path=f"/estimate{path}")

    def reused_key(self) -> requests.Response:
        self.client.accepted("video-1")
        return self.client.create("video-1", prompt="Another one")

    def without_credentials(self) -> requests.Response:
        return HiggsfieldClient(self.higgsfield, authorization="Key some:body").create()


_RESPONSES: dict[int, Callable[[Story], requests.Response]] = {
    88: lambda story: story.create(),
    89: lambda story: story.after(0),
    90: lambda story: story.after(2),
    91: lambda story: story.ended(),
    93: lambda story: story.ended("task_fails"),
    94: lambda story: story.ended("nsfw"),
    95: lambda story: story.ended("canceled"),
    96: lambda story: story.canceled(after=0),
    97: lambda story: story.canceled(after=2),
    98: lambda story: story.estimate(DOP),
    99: lambda story: story.estimate(_KLING_3_TEXT, discount_percent=45),
    100: lambda story: story.estimate("/bytedance/seedance-2.5/text-to-video"),
    102: lambda story: story.client.offer(),
    103: lambda story: story.refused(concurrency=0),
    104: lambda story: story.create(multi_shots=True),
    105: lambda story: story.without_credentials(),
    106: lambda story: story.failing(403),
    107: lambda story: story.create("/veo3.1"),
    108: lambda story: story.create(without=("image_url",)),
    109: lambda story: story.create(duration=20),
    110: lambda story: story.reused_key(),
    111: lambda story: story.refused(blocked_models=[_KLING_3]),
    112: lambda story: story.refused(disabled_models=[_KLING_3]),
    113: lambda story: story.failing(500),
}
# The texts of these are the vendor's own or have no variable part.
_SAME_BODY = {97, 99, 100, 104, 105, 106, 107, 110, 111, 112, 113}


def _shape(value: object) -> object:
    """Return the keys and types of a JSON value. Errors of all fields have the same keys."""
    if isinstance(value, dict):
        return {key: "any" if key in ("input", "ctx") else _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return type(value).__name__


@pytest.mark.parametrize("it", _REQUESTS, ids=lambda it: it.name)
def test_request_of_the_documentation_is_accepted(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, it: Sample
) -> None:
    headers = {name: value for name, value in it.about["headers"].items() if name != "Authorization"}

    response = client.request("POST", it.about["endpoint"], body=it.body, **headers)

    assert (response.status_code, higgsfield.unknown_fields) == (200, {})


@pytest.mark.parametrize("number", _RESPONSES)
def test_response_has_the_documented_status_and_shape(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, number: int
) -> None:
    expected = sample(number)

    response = _RESPONSES[number](Story(client, higgsfield, clock))

    body = response.json() if response.content else None
    assert (response.status_code, _shape(body)) == (expected.about["http_status"], _shape(expected.body))
    assert body == expected.body or number not in _SAME_BODY
    assert "x-correlation-id" in response.headers


def test_every_sample_is_checked() -> None:
    callbacks = {it.number for it in samples() if it.about["direction"] == "callback" and it.number >= 83}

    checked = {*_RESPONSES, *(it.number for it in _REQUESTS), *callbacks, _IMAGE_RESULT}

    assert checked == set(range(83, 117))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/requests/1/status"),
        ("DELETE", "/requests/1"),
        ("GET", "/"),
        ("GET", DOP),
        ("POST", "/files/generate-upload-url"),
        ("PUT", "/storage/x.jpg"),
    ],
)
def test_every_response_has_its_own_correlation_id(client: HiggsfieldClient, method: str, path: str) -> None:
    ids = {client.request(method, path).headers["x-correlation-id"] for _ in range(2)}

    assert len(ids) == 2


def test_uploaded_image_can_be_the_first_and_the_last_frame(client: HiggsfieldClient) -> None:
    first, last = client.uploaded(image()), client.uploaded(image(color="black"))

    assert client.create(path=_KLING_3, image_url=first, last_image_url=last).status_code == 200


def test_unreadable_last_frame_is_named_in_the_error(client: HiggsfieldClient) -> None:
    response = client.create(path=_KLING_3, last_image_url=client.uploaded(b"no image"))

    message = "last_image_url can not be read: JPEG or PNG or WEBP or GIF is needed"
    assert (response.status_code, response.json()) == (400, {"detail": message})
