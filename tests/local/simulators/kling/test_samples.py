"""The simulator accepts every sample of a Kling request, and answers in the shape of every sample of a response."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.data.vendor_samples import Sample, sample, samples
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import ACCESS_KEY, KlingClient, image, simulator, token

REQUESTS = [it for it in samples() if it.about["vendor"] == "kling" and it.about["direction"] == "request"]
PROMPT = {"prompt": "Rain"}
LEGACY_TEXT = {"model_name": "kling-v2-6", "prompt": "Rain"}
PORTRAIT = {"type": "first_frame", "url": "https://files.example.com/first.png"}


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


class Story:
    """A simulator with a client, and the steps that lead to the responses of the samples."""

    def __init__(self, kling: KlingSimulator, clock: Clock) -> None:
        self.kling, self.clock, self.client = kling, clock, KlingClient(kling)

    def tasks(self, *, after: float, **settings: Any) -> requests.Response:
        """Create a video with the tasks API, and query it `after` some seconds."""
        self.kling.configure(**settings)
        self.create()
        self.clock.now += after
        return self.client.get("/tasks", external_task_ids="vid_01hexample")

    def create(self, external_id: str = "vid_01hexample") -> requests.Response:
        options = {"external_task_id": external_id, "watermark_info": {"enabled": True}}
        return self.client.post("/text-to-video/kling-3.0", {**PROMPT, "options": options})

    def legacy(self, *, after: float, **settings: Any) -> requests.Response:
        """Create a video with the legacy API, and query it `after` some seconds."""
        self.kling.configure(**settings)
        self.client.create("vid_01hexample")
        self.clock.now += after
        return self.client.get("/v1/videos/image2video/vid_01hexample")

    def failed(self, query: Callable[..., requests.Response]) -> requests.Response:
        self.kling.fault(on="create", kind="task_fails")
        return query(after=10)

    def page(self) -> requests.Response:
        for number in range(2):
            self.create(f"vid_{number}")
        self.clock.now += 10
        return self.client.post("/tasks", {"limit": 1})

    def legacy_page(self) -> requests.Response:
        for number in range(2):
            self.client.post("/v1/videos/text2video", {**LEGACY_TEXT, "external_task_id": f"vid_{number}"})
            self.clock.now += 8
        return self.client.get("/v1/videos/text2video", pageNum=1, pageSize=30)

    def after_a_video(self, billing: str) -> KlingClient:
        self.tasks(after=10, billing=billing)
        return self.client


RESPONSES: dict[int, Callable[[Story], requests.Response]] = {
    24: lambda story: story.create(),
    25: lambda story: story.client.create(),
    26: lambda story: story.client.create("vid_01hexample"),
    27: lambda story: story.tasks(after=0),
    28: lambda story: story.tasks(after=5),
    29: lambda story: story.tasks(after=10),
    30: lambda story: story.tasks(after=10, billing="units"),
    31: lambda story: story.tasks(after=10, billing="split"),
    32: lambda story: story.tasks(after=10, billing="test_balance"),
    33: lambda story: story.failed(story.tasks),
    34: lambda story: story.client.get("/tasks", external_task_ids="unknown"),
    35: lambda story: story.page(),
    36: lambda story: story.client.post("/tasks", {}),
    37: lambda story: story.legacy(after=5),
    38: lambda story: story.legacy(after=10, billing="units"),
    39: lambda story: story.legacy(after=10),
    40: lambda story: story.failed(story.legacy),
    41: lambda story: story.legacy_page(),
    42: lambda story: story.client.get("/v1/videos/text2video", pageNum=1, pageSize=30),
    70: lambda story: story.client.get("/account/costs", start_time=1726124664368, end_time=1727366400000),
    71: lambda story: story.after_a_video("units").get("/account/costs", start_time=1726124664368),
    73: lambda story: story.after_a_video("cash").post("/account/billing/balance", sample(72).body),
    74: lambda story: story.after_a_video("units").post("/account/billing/package", {}),
}
_SHORTENED = {41}  # a sample that leaves fields out


def shape(value: object) -> object:
    """Return the keys and types of a JSON value; a list has the shape of its longest item."""
    if isinstance(value, dict):
        return {key: shape(it) for key, it in value.items()}
    if isinstance(value, list):
        return [max((shape(it) for it in value), key=lambda it: len(str(it)))] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def without_more_keys(value: Any, than: Any) -> Any:
    if isinstance(value, dict) and isinstance(than, dict):
        return {key: without_more_keys(it, than[key]) for key, it in value.items() if key in than}
    if isinstance(value, list) and isinstance(than, list):
        return [without_more_keys(it, than[0]) for it in value] if than else value
    return value


@pytest.mark.parametrize("request_sample", REQUESTS, ids=lambda it: it.name)
def test_request_sample_is_accepted(client: KlingClient, kling: KlingSimulator, request_sample: Sample) -> None:
    response = client.post(request_sample.about["endpoint"], request_sample.body)

    assert (response.status_code, response.json()["code"], response.json()["message"]) == (200, 0, "SUCCEED")
    assert kling.unknown_fields == {}


@pytest.mark.parametrize("number", RESPONSES, ids=lambda it: sample(it).name)
def test_response_has_the_shape_of_the_sample(kling: KlingSimulator, clock: Clock, number: int) -> None:
    expected = sample(number)

    response = RESPONSES[number](Story(kling, clock))

    got, wanted = shape(response.json()), shape(expected.body)
    assert response.status_code == expected.about["http_status"]
    assert (without_more_keys(got, wanted) if number in _SHORTENED else got) == wanted
    assert response.headers["content-type"] == "application/json"


def _legacy_image(**changes: Any) -> dict[str, Any]:
    return {"model_name": "kling-v2-5-turbo", "prompt": "Rain", "image": image(), "image_tail": image(), **changes}


def _extra(story: Story, *models: str) -> KlingClient:
    story.kling.configure(extra_models=models)
    return story.client


def _duplicate(story: Story) -> requests.Response:
    story.create()
    return story.create()


# What leads to each error; the other errors are injected by their code.
ERRORS: dict[int, Callable[[Story], requests.Response]] = {
    43: lambda story: requests.post(f"{story.client.base_url}/text-to-video/kling-3.0", json=PROMPT, timeout=60),
    44: lambda story: KlingClient(story.kling, credential="another-key").post("/text-to-video/kling-3.0", PROMPT),
    45: lambda story: KlingClient(story.kling, credential=token(iss=ACCESS_KEY, exp=2e9)).post(
        "/text-to-video/kling-3.0", PROMPT
    ),
    46: lambda story: KlingClient(story.kling, credential=token(iss=ACCESS_KEY, exp=1)).post(
        "/v1/videos/text2video", LEGACY_TEXT
    ),
    51: lambda story: story.client.get("/tasks"),
    52: lambda story: story.client.post("/v1/videos/image2video", _legacy_image()),
    53: lambda story: story.client.post("/v1/videos/text2video", {**LEGACY_TEXT, "camera_control": {"type": "simple"}}),
    54: lambda story: _extra(story, "kling-v2-1-master").post(
        "/v1/videos/image2video", _legacy_image(model_name="kling-v2-1-master", mode="pro")
    ),
    55: _duplicate,
    57: lambda story: story.client.get("/text-to-video/kling-3.0"),
    58: lambda story: story.client.post("/text-to-video/kling-9.9", PROMPT),
    59: lambda story: story.client.post("/v1/videos/text2video", {**LEGACY_TEXT, "model_name": "kling-v1"}),
    60: lambda story: _extra(story, "kling-v2-1").post(
        "/v1/videos/text2video", {**LEGACY_TEXT, "model_name": "kling-v2-1"}
    ),
}
INJECTED = (47, 48, 49, 50, 56, 61, 62, 63, 64, 65, 66, 67, 68, 69)


@pytest.mark.parametrize("number", ERRORS, ids=lambda it: sample(it).name)
def test_error_is_the_sample(kling: KlingSimulator, clock: Clock, number: int) -> None:
    expected = sample(number)

    response = ERRORS[number](Story(kling, clock))

    assert response.status_code == expected.about["http_status"]
    assert {**response.json(), "request_id": ""} == {**expected.body, "request_id": ""}


@pytest.mark.parametrize("number", INJECTED, ids=lambda it: sample(it).name)
def test_injected_error_is_the_sample(kling: KlingSimulator, clock: Clock, number: int) -> None:
    expected = sample(number)
    words = expected.body["message"] if number in (56, 62) else None  # 1201 has many; 1301 has two generations of words
    kling.fault(on="create", kind="code", code=expected.body["code"], message=words, with_data="data" in expected.body)

    response = Story(kling, clock).create()

    assert response.status_code == expected.about["http_status"]
    assert {**response.json(), "request_id": ""} == {**expected.body, "request_id": ""}


def test_every_sample_of_kling_is_tested() -> None:
    callbacks = {it.number for it in samples() if it.about["direction"] == "callback" and it.about["vendor"] == "kling"}
    tested = {it.number for it in REQUESTS} | RESPONSES.keys() | ERRORS.keys() | set(INJECTED) | callbacks

    assert tested == {it.number for it in samples() if it.about["vendor"] == "kling"}
