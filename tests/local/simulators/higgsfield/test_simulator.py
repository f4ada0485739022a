"""The Higgsfield simulator answers on the wire as the vendor's documents say."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local.simulators.higgsfield.models import MODELS
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KEY,
    KLING,
    HiggsfieldCaller,
    image,
    refused,
    simulator,
)

_KEY_ID, _, _SECRET = KEY.partition(":")
_MASTER_TEXT = "/kling-video/v2.1/master/text-to-video"
_LARGE = image(1000, 1000)  # takes a while to read, so that requests at once do meet


# A request's life


def test_a_request_is_told_in_the_vendors_words_until_it_is_completed(client: HiggsfieldCaller, clock: Clock) -> None:
    created = client.create("video-1")
    id = created.json()["request_id"]
    answers = [client.status(id)]
    for seconds in (2, 8):
        clock.now += seconds
        answers.append(client.status(id))

    address = f"{client.base_url}/requests/{id}"
    handle = {"request_id": id, "status_url": f"{address}/status", "cancel_url": f"{address}/cancel"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id)
    assert (created.status_code, created.json()) == (200, {"status": "queued", **handle})
    link = answers[2].json()["video"]["url"]
    assert link.startswith(f"{client.base_url}/results/{id}.mp4?")
    assert [answer.json() for answer in answers] == [
        {"status": "queued", **handle},
        {"status": "in_progress", **handle},
        {"status": "completed", **handle, "video": {"url": link}, "expires_at": "2027-01-22T08:00:10Z"},
    ]


def test_an_unknown_request_is_not_found(client: HiggsfieldCaller) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    answers = [
        client.status(unknown),
        client.cancel(unknown),
        client.request("DELETE", f"/requests/{unknown}"),
    ]

    assert [refused(answer) for answer in answers] == [(404, "Request not found")] * 3


def test_the_queue_may_be_as_long_as_one_likes(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=100, queue_seconds=90) as higgsfield:
        client = HiggsfieldCaller(higgsfield)
        id = client.accepted()
        statuses = []
        for seconds in (89, 1, 10):
            clock.now += seconds
            statuses.append(client.status(id).json()["status"])

    assert statuses == ["queued", "in_progress", "completed"]


def test_a_new_request_is_told_as_queued_even_where_it_takes_no_time() -> None:
    with simulator() as at_once:
        answer = HiggsfieldCaller(at_once).create()

    assert answer.json()["status"] == "queued"


def test_a_queued_request_is_let_go_of_and_one_that_started_is_not(client: HiggsfieldCaller, clock: Clock) -> None:
    first, second = client.accepted(), client.accepted()

    canceled = client.cancel(first)
    again = client.cancel(first)
    clock.now += 2
    started = client.cancel(second)
    clock.now += 8
    finished = client.cancel(second)

    assert (canceled.status_code, canceled.content) == (202, b"")
    words = "Request can not be canceled: it is"
    assert [refused(answer) for answer in (again, started, finished)] == [
        (400, f"{words} canceled"),
        (400, f"{words} in_progress"),
        (400, f"{words} completed"),
    ]
    told = client.status(first).json()
    assert (told["status"], told["expires_at"], "video" in told) == ("canceled", "2027-01-22T08:00:00Z", False)


def test_the_data_of_a_finished_request_is_deleted_any_number_of_times(client: HiggsfieldCaller, clock: Clock) -> None:
    id = client.accepted()

    too_early = client.request("DELETE", f"/requests/{id}")
    clock.now += 10
    link = client.link(id)
    deleted = [client.request("DELETE", f"/requests/{id}").status_code for _ in range(2)]

    told = client.status(id).json()
    assert refused(too_early) == (400, "Request can not be deleted: it is not finished")
    assert deleted == [204, 204]
    assert (told["status"], "video" in told) == ("completed", False)
    assert requests.get(link, timeout=10).status_code == 403


# Credentials


def _with_headers(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> requests.Response:
    body = {"prompt": "She smiles", "image_url": FACE}
    return requests.post(higgsfield.base_url + DOP, json=body, headers=headers, timeout=10)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Key {KEY}"}, {"hf-api-key": _KEY_ID, "hf-secret": _SECRET}],
    ids=["Key", "the older pair"],
)
def test_either_form_of_the_key_opens_the_door(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> None:
    assert _with_headers(higgsfield, headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": KEY},
        {"Authorization": f"Key {_KEY_ID}"},
        {"Authorization": f"Key {KEY}x"},
        {"Authorization": "Key x", "hf-api-key": _KEY_ID, "hf-secret": _SECRET},
        {"hf-api-key": _KEY_ID},
        {"hf-api-key": _KEY_ID, "hf-secret": "wrong"},
    ],
)
def test_anything_else_is_a_bad_credential(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> None:
    answer = _with_headers(higgsfield, headers)

    assert refused(answer) == (401, "Invalid credentials")
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"": 1})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/requests/1/status"),
        ("POST", "/requests/1/cancel"),
        ("DELETE", "/requests/1"),
        ("POST", f"/estimate{DOP}"),
        ("POST", "/files/generate-upload-url"),
    ],
)
def test_every_call_needs_the_key(higgsfield: HiggsfieldSimulator, method: str, path: str) -> None:
    stranger = HiggsfieldCaller(higgsfield, authorization="Key some:body")

    assert refused(stranger.request(method, path, body={})) == (401, "Invalid credentials")


# What may be asked for


_REQUIRED = {"type": "missing", "msg": "Field required"}
_NO_TEXT = {"type": "string_type", "msg": "Input should be a valid string"}
_NO_URL = {"type": "url_parsing", "msg": "Input should be a valid URL"}
_NO_SEED = {"type": "int_type", "msg": "Input should be an integer from 1 to 1000000"}
_NO_DURATION = {"type": "literal_error", "msg": "Input should be 5 or 10"}
_NO_MOTIONS = {"type": "list_type", "msg": "Input should be a list of at most 2 motions"}
_NO_SCALE = {"type": "float_type", "msg": "Input should be a number from 0 to 1"}
_NO_RATIO = {"type": "literal_error", "msg": "Input should be 16:9, 9:16, 1:1"}
_MOTION = {"id": "zoom-in", "strength": 0.5}

_BAD_FIELDS: list[tuple[str, str, object, dict[str, str]]] = [
    (DOP, "prompt", 7, _NO_TEXT),
    (DOP, "prompt", None, _NO_TEXT),
    (DOP, "image_url", "face.jpg", _NO_URL),
    (DOP, "image_url", "data:image/jpeg;base64,aGk=", _NO_URL),
    (DOP, "image_url", None, _NO_URL),
    (DOP, "end_image_url", "s3://bucket/face.jpg", _NO_URL),
    (DOP, "seed", 0, _NO_SEED),
    (DOP, "seed", 1_000_001, _NO_SEED),
    (DOP, "seed", "7", _NO_SEED),
    (DOP, "seed", True, _NO_SEED),
    (DOP, "motions", [_MOTION] * 3, _NO_MOTIONS),
    (DOP, "motions", ["zoom-in"], _NO_MOTIONS),
    (DOP, "motions", [{"strength": 1}], _NO_MOTIONS),
    (DOP, "motions", [{"id": "zoom-in", "strength": "much"}], _NO_MOTIONS),
    (DOP, "enhance_prompt", "yes", {"type": "bool_type", "msg": "Input should be a valid boolean"}),
    (KLING, "duration", "5", _NO_DURATION),
    (KLING, "duration", 7, _NO_DURATION),
    (KLING, "duration", 5.0, _NO_DURATION),
    (KLING, "cfg_scale", 1.1, _NO_SCALE),
    (KLING, "cfg_scale", -0.1, _NO_SCALE),
    (KLING, "cfg_scale", "0.5", _NO_SCALE),
    (KLING, "negative_prompt", ["blur"], _NO_TEXT),
    (_MASTER_TEXT, "aspect_ratio", "7:5", _NO_RATIO),
    (_MASTER_TEXT, "aspect_ratio", ["1:1"], _NO_RATIO),
]


@pytest.mark.parametrize(("path", "name", "value", "problem"), _BAD_FIELDS)
def test_a_field_that_does_not_fit_is_named(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, path: str, name: str, value: Any, problem: dict[str, str]
) -> None:
    answer = client.create("video-1", path=path, **{name: value})

    assert (answer.status_code, answer.json()) == (422, {"detail": [{"loc": ["body", name], **problem}]})
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


def test_every_missing_field_is_named(client: HiggsfieldCaller) -> None:
    answer = client.create(without=("prompt", "image_url"))

    problems = [{"loc": ["body", name], **_REQUIRED} for name in ("prompt", "image_url")]
    assert (answer.status_code, answer.json()) == (422, {"detail": problems})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"{", {"loc": ["body", 0], "msg": "JSON decode error", "type": "json_invalid"}),
        (b"[]", {"loc": ["body"], "msg": "Input should be a valid dictionary", "type": "model_attributes_type"}),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: HiggsfieldCaller, data: bytes, problem: object) -> None:
    answer = requests.post(client.base_url + DOP, data=data, headers=client.headers, timeout=10)

    assert (answer.status_code, answer.json()) == (422, {"detail": [problem]})


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (DOP, {"seed": 1, "motions": [_MOTION, {"id": "pan"}], "enhance_prompt": False, "end_image_url": FACE}),
        (DOP, {"seed": 1_000_000, "motions": None, "end_image_url": None}),
        (DOP, {"resolution": "1080p", "duration": "whatever", "x": [1]}),
        (KLING, {"duration": 10, "cfg_scale": 0, "negative_prompt": "blur", "seed": "ignored"}),
        (KLING, {"duration": None, "cfg_scale": 1}),
        (_MASTER_TEXT, {"aspect_ratio": "9:16", "image_url": 7}),
    ],
)
def test_known_fields_that_fit_and_unknown_fields_are_accepted(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any]
) -> None:
    id = client.accepted("video-1", path=path, **fields)

    assert higgsfield.tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "model": path.removeprefix("/"),
            "status": "queued",
            "body": {"prompt": "She smiles", "image_url": FACE, **fields},
            "created_at": 1_800_000_000.0,
        }
    ]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_makes_a_video(client: HiggsfieldCaller, model: str) -> None:
    assert client.create(path=f"/{model}").status_code == 200


@pytest.mark.parametrize("path", ["/higgsfield/realistic-vision-v5", "/higgsfield-ai/dop", f"{DOP}/", "/models"])
def test_a_model_that_is_not_there_is_not_found(client: HiggsfieldCaller, path: str) -> None:
    answers = [client.create(path=path), client.create(path=f"/estimate{path}")]

    assert [refused(answer) for answer in answers] == [(404, "Model not found")] * 2


@pytest.mark.parametrize("name", [DOP, DOP.removeprefix("/")])
def test_a_model_may_be_switched_off(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, name: str) -> None:
    higgsfield.configure(unavailable_models=[name])

    answers = [client.create("video-1"), client.create(path="/higgsfield-ai/dop/lite")]

    assert [answer.status_code for answer in answers] == [404, 200]


def test_only_posts_meet_a_model(client: HiggsfieldCaller) -> None:
    answers = [client.request("GET", path) for path in (DOP, "/balance", "/requests/1")]

    assert [refused(answer) for answer in answers] == [(405, "Method Not Allowed")] * 3


@pytest.mark.parametrize(
    ("path", "fields", "price"),
    [
        ("/higgsfield-ai/dop/lite", {}, {"credits": "2.000", "usd": "0.125"}),
        (DOP, {"duration": 10}, {"credits": "9.000", "usd": "0.562"}),
        (KLING, {}, {"credits": "4.480", "usd": "0.280"}),
        (KLING, {"duration": 10}, {"credits": "8.960", "usd": "0.560"}),
    ],
)
def test_an_estimate_tells_the_price_and_makes_nothing(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any], price: dict[str, str]
) -> None:
    answer = client.create("video-1", path=f"/estimate{path}", **fields)

    assert (answer.status_code, answer.json()) == (200, price)
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {})


def test_one_picture_with_another_prompt_is_another_film(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    for url in (client.uploaded(image()), "https://example.com/face.jpg"):
        for prompt in ("She smiles", "She waves"):
            client.accepted(image_url=url, prompt=prompt)

    assert (len(higgsfield.tasks), higgsfield.encoded_videos) == (4, 4)


def test_an_estimate_needs_a_valid_body(client: HiggsfieldCaller) -> None:
    assert client.create(path=f"/estimate{DOP}", seed=0).status_code == 422


# Keys


_MISMATCH = (422, "Idempotency-Key was already used with different parameters")


def test_a_key_replays_its_request_with_the_status_it_has_now(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    first = client.create("video-1").json()
    replays = []
    for seconds in (0, 2, 8):
        clock.now += seconds
        replays.append(client.create("video-1").json())

    statuses = ("queued", "in_progress", "completed")
    assert replays == [{**first, "status": status} for status in statuses]
    assert (len(higgsfield.tasks), higgsfield.create_calls, higgsfield.encoded_videos) == (1, {"video-1": 4}, 1)


def test_a_request_that_ended_badly_is_replayed_too(client: HiggsfieldCaller) -> None:
    first = client.create("video-1").json()
    client.cancel(first["request_id"])

    assert client.create("video-1").json() == {**first, "status": "canceled"}


def test_the_order_of_fields_does_not_matter_to_a_key(client: HiggsfieldCaller) -> None:
    bodies = [{"prompt": "A", "image_url": FACE, "seed": 7}, {"seed": 7, "image_url": FACE, "prompt": "A"}]

    answers = [client.request("POST", DOP, body=body, **{"Idempotency-Key": "video-1"}).json() for body in bodies]

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (DOP, {"prompt": "She laughs"}),
        (DOP, {"image_url": f"{FACE}?signature=2"}),
        (DOP, {"motions": [{"id": "b"}, {"id": "a"}]}),
        (DOP, {"seed": None}),
        (DOP, {"unknown": 1}),
        (DOP, {"seed": 0}),
        ("/higgsfield-ai/dop/lite", {}),
        (f"{DOP}?hf_webhook=https%3A%2F%2Fexample.com%2F", {}),
    ],
)
def test_a_key_takes_no_other_request(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any]
) -> None:
    motions = [{"id": "a"}, {"id": "b"}]
    client.create("video-1", motions=motions)

    answer = client.create("video-1", path=path, **{"motions": motions, **fields})

    assert refused(answer) == _MISMATCH
    assert len(higgsfield.tasks) == 1


def test_another_life_for_the_file_is_another_request(client: HiggsfieldCaller) -> None:
    body = {"prompt": "She smiles", "image_url": FACE}
    lives = [{}, {"Hf-Expires-After": "3600"}]

    answers = [client.request("POST", DOP, body=body, **{"Idempotency-Key": "video-1", **life}) for life in lives]

    assert (answers[0].status_code, refused(answers[1])) == (200, _MISMATCH)


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "ключ".encode().decode("latin-1"), "a" * 256])
def test_a_key_that_is_none_is_refused(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, key: str) -> None:
    answer = client.create(key)

    words = "Idempotency-Key must be 1 to 255 visible ASCII characters without whitespace"
    assert (refused(answer), higgsfield.tasks) == ((422, words), [])


def test_the_longest_key_is_taken(client: HiggsfieldCaller) -> None:
    assert client.create("~" * 255).status_code == 200


def test_a_refused_request_uses_up_no_key(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(concurrency=0, unavailable_models=["higgsfield-ai/dop/lite"])
    refusals = [
        HiggsfieldCaller(higgsfield, authorization="Key some:body").create("video-1"),
        client.create("video-1", seed=0),
        client.create("video-1", path="/higgsfield-ai/dop/lite"),
        client.create("video-1", prompt="There is no free slot"),
    ]
    higgsfield.configure(concurrency=1)

    accepted = client.create("video-1")

    assert [answer.status_code for answer in (*refusals, accepted)] == [401, 422, 404, 400, 200]


def test_requests_without_a_key_are_all_accepted(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    ids = {client.accepted() for _ in range(3)}

    assert (len(ids), higgsfield.create_calls) == (3, {"": 3})
    assert {task["external_id"] for task in higgsfield.tasks} == {None}


def test_twenty_requests_at_once_under_one_key_make_one(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    image_url = client.uploaded(_LARGE)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: client.create("video-1", image_url=image_url).json(), range(20)))

    [task] = higgsfield.tasks
    assert {answer["request_id"] for answer in answers} == {task["id"]}
    assert higgsfield.create_calls == {"video-1": 20}


# Slots


_FULL = (400, "Maximum number of concurrent requests (2) has been reached")


def test_the_account_has_so_many_slots_and_a_request_frees_its_own_when_it_ends(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    higgsfield.configure(concurrency=2)
    first = client.accepted("1")
    client.accepted("2", path=KLING)

    full, replayed = client.create("3"), client.create("1")
    client.cancel(first)
    after_a_cancel, full_again = client.create("3"), client.create("4")
    clock.now += 10
    after_an_end = client.create("4")

    assert [refused(answer) for answer in (full, full_again)] == [_FULL, _FULL]
    assert [answer.status_code for answer in (replayed, after_a_cancel, after_an_end)] == [200, 200, 200]


def test_twenty_requests_at_once_take_exactly_the_free_slots(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.configure(concurrency=7)
    image_url = client.uploaded(_LARGE)

    def create(number: int) -> int:
        return client.create(f"video-{number}", image_url=image_url).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(create, range(20)))

    assert sorted(statuses) == [200] * 7 + [400] * 13
    assert len(higgsfield.tasks) == 7
