"""The Kling simulator answers on the wire as the vendor's documents say."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import ACCESS_KEY, SECRET_KEY, Caller, image, outcome, simulator, token


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


@pytest.fixture
def caller(kling: KlingSimulator) -> Caller:
    return Caller(kling)


def _without_ids(answer: requests.Response) -> Any:
    """The body with every made-up number and link replaced by what it is."""
    text = re.sub(r'"\d{18}"', '"<18 digits>"', answer.text)
    text = re.sub(r'"[0-9a-f]{8}-[0-9a-f-]{27}"', '"<uuid>"', text)
    text = re.sub(r'"http://127\.0\.0\.1:\d+/results/\d{18}\.mp4\?[^"]+"', '"<link>"', text)
    return json.loads(text)


# The legacy standard


def test_a_legacy_task_is_told_in_the_vendors_words_until_it_succeeds(caller: Caller, clock: Clock) -> None:
    created = caller.create("video-1")
    clock.now += 5
    halfway = caller.get("/v1/videos/image2video/video-1")
    clock.now += 5
    finished = caller.get("/v1/videos/image2video/video-1")

    start = {
        "task_id": "<18 digits>",
        "task_status": "submitted",
        "task_info": {"external_task_id": "video-1"},
        "created_at": 1_800_000_000_000,
        "updated_at": 1_800_000_000_000,
    }
    running = {
        **start,
        "task_status": "processing",
        "updated_at": 1_800_000_001_000,
        "task_status_msg": "",
        "final_unit_deduction": "0",
        "final_balance_deduction": {"quota": "0", "list_price": "0"},
        "watermark_info": {"enabled": False},
    }
    end = {
        **running,
        "task_status": "succeed",
        "updated_at": 1_800_000_010_000,
        "final_balance_deduction": {"quota": "0.28", "list_price": "0.28"},
        "task_result": {"videos": [{"id": "<18 digits>", "url": "<link>", "duration": "5.0"}]},
    }
    envelope = {"code": 0, "message": "SUCCEED", "request_id": "<uuid>"}
    answers = [_without_ids(answer) for answer in (created, halfway, finished)]
    assert answers == [{**envelope, "data": data} for data in (start, running, end)]


def test_a_legacy_task_is_found_by_either_id(caller: Caller) -> None:
    id = caller.create("video-1").json()["data"]["task_id"]

    by_ours, by_theirs = (caller.get(f"/v1/videos/image2video/{name}").json()["data"] for name in ("video-1", id))

    assert by_ours == by_theirs
    assert by_ours["task_id"] == id


def test_an_unknown_legacy_task_is_a_bad_parameter(caller: Caller) -> None:
    caller.create("video-1")

    missing = caller.get("/v1/videos/image2video/video-2")
    of_the_other_kind = caller.get("/v1/videos/text2video/video-1")

    assert [outcome(answer) for answer in (missing, of_the_other_kind)] == [(400, 1201), (400, 1201)]
    assert "data" not in missing.json()


def test_the_legacy_list_is_a_bare_array_newest_first(caller: Caller) -> None:
    for number in range(5):
        caller.create(f"video-{number}")

    page = caller.get("/v1/videos/image2video", pageNum=2, pageSize=2).json()["data"]
    refused = caller.get("/v1/videos/image2video", pageSize=501)

    assert [task["task_info"]["external_task_id"] for task in page] == ["video-2", "video-1"]
    assert outcome(refused) == (400, 1201)


def test_text_alone_makes_a_legacy_video(caller: Caller, kling: KlingSimulator) -> None:
    created = caller.post(
        "/v1/videos/text2video", {"model_name": "kling-v2-1", "prompt": "Rain", "aspect_ratio": "9:16"}
    )

    assert outcome(created) == (200, 0)
    assert [(task["kind"], task["body"]["prompt"]) for task in kling.tasks] == [("text2video", "Rain")]


_BAD_LEGACY: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "no model, which means one that is gone": ({"model_name": None}, (404, 1203)),
    "a model that is gone": ({"model_name": "kling-v1"}, (404, 1203)),
    "a model that never was": ({"model_name": "kling-v99"}, (404, 1203)),
    "a duration as a number": ({"duration": 5}, (400, 1201)),
    "a duration that the model lacks": ({"duration": "7"}, (400, 1201)),
    "an unknown mode": ({"mode": "4k"}, (400, 1201)),
    "a prompt that is too long": ({"prompt": "a" * 2501}, (400, 1201)),
    "an id that is no text": ({"external_task_id": 7}, (400, 1201)),
    "no image": ({"image": ""}, (400, 1200)),
    "a data URL": ({"image": "data:image/jpeg;base64," + image()}, (400, 1201)),
    "what is no base64": ({"image": "not base64!"}, (400, 1201)),
    "what is no image": ({"image": "aGVsbG8="}, (400, 1201)),
    "an image of another format": ({"image": image(format="WEBP")}, (400, 1201)),
    "an image that is too small": ({"image": image(320, 299)}, (400, 1201)),
    "an image that is too narrow": ({"image": image(301, 800)}, (400, 1201)),
    "an image that is too large": ({"image": "A" * 13_400_000}, (400, 1201)),
}


@pytest.mark.parametrize("what", _BAD_LEGACY)
def test_a_bad_legacy_request_creates_nothing(caller: Caller, kling: KlingSimulator, what: str) -> None:
    changes, expected = _BAD_LEGACY[what]

    answer = caller.create("video-1", **changes)

    assert outcome(answer) == expected
    assert answer.json().keys() == {"code", "message", "request_id"}
    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1} if "external_task_id" not in changes else {"": 1})


def test_a_data_url_is_refused_for_what_it_is(caller: Caller) -> None:
    answer = caller.create(image="data:image/jpeg;base64," + image())

    assert (outcome(answer), answer.json()["message"]) == ((400, 1201), "image is not valid base64")


def test_the_longest_prompt_a_png_and_unknown_fields_are_accepted(caller: Caller) -> None:
    answer = caller.create(prompt="a" * 2500, image=image(750, 300, format="PNG"), aspect_ratio="7:5", cfg_scale=9, x=1)

    assert outcome(answer) == (200, 0)


def test_a_body_that_is_no_json_object_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/videos/image2video", ["a list"])

    assert outcome(answer) == (400, 1200)


# The newer standard


def test_a_newer_task_is_told_in_the_vendors_words_until_it_succeeds(caller: Caller, clock: Clock) -> None:
    created = caller.create_newer("video-1", resolution="1080p", duration=10)
    clock.now += 10
    finished = caller.get("/tasks", external_task_ids="video-1")

    start = {
        "id": "<18 digits>",
        "status": "submitted",
        "create_time": 1_800_000_000_000,
        "update_time": 1_800_000_000_000,
        "external_id": "video-1",
    }
    bill = {"charge_type": "cash", "cash_type": "balance", "amount": "0.7", "currency": "USD", "list_price": "0.7"}
    end = {
        **start,
        "status": "succeeded",
        "update_time": 1_800_000_010_000,
        "message": "",
        "outputs": [{"type": "video", "id": "<18 digits>", "url": "<link>", "duration": "10.0"}],
        "billing": [bill],
    }
    envelope = {"code": 0, "message": "SUCCEED", "request_id": "<uuid>"}
    answers = [_without_ids(answer) for answer in (created, finished)]
    assert answers == [{**envelope, "data": start}, {**envelope, "data": [end]}]


def test_newer_tasks_are_found_several_at_once_by_either_id(caller: Caller) -> None:
    ids = [caller.create_newer(f"video-{number}").json()["data"]["id"] for number in range(3)]

    by_theirs = caller.get("/tasks", task_ids=",".join(ids[:2])).json()["data"]
    by_ours = caller.get("/tasks", external_task_ids="video-0,video-1,video-9").json()["data"]

    assert by_theirs == by_ours
    assert {task["id"] for task in by_ours} == set(ids[:2])


def test_an_unknown_newer_task_is_an_empty_answer(caller: Caller) -> None:
    caller.create("legacy")

    answer = caller.get("/tasks", external_task_ids="legacy")

    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, 0, [])


@pytest.mark.parametrize(
    "query",
    [{}, {"task_ids": "1", "external_task_ids": "2"}, {"task_ids": ",".join(map(str, range(21)))}],
    ids=["no id", "both kinds of id", "a twenty-first id"],
)
def test_a_newer_query_needs_one_kind_of_id_and_twenty_at_most(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get("/tasks", **query)

    assert outcome(answer) == (400, 1201)


def test_the_newer_list_goes_on_from_its_cursor(caller: Caller) -> None:
    for number in range(3):
        caller.create_newer(f"video-{number}")

    first = caller.post("/tasks", {"limit": 2}).json()["data"]
    rest = caller.post("/tasks", {"limit": 2, "cursor": first["next_cursor"]}).json()["data"]

    ids = [[task["external_id"] for task in page["result"]] for page in (first, rest)]
    assert ids == [["video-2", "video-1"], ["video-0"]]
    assert [(page["count"], page["has_more"]) for page in (first, rest)] == [(2, True), (1, False)]


def test_the_newer_list_filters_by_status(caller: Caller, clock: Clock) -> None:
    caller.create_newer("old")
    clock.now += 10
    caller.create_newer("new")

    page = caller.post("/tasks", {"filters": [{"key": "status", "values": ["succeeded"]}]}).json()["data"]

    assert [task["external_id"] for task in page["result"]] == ["old"]


def test_text_alone_makes_a_newer_video(caller: Caller) -> None:
    answer = caller.post(
        "/text-to-video/kling-3.0", {"prompt": "Rain", "settings": {"duration": 3, "aspect_ratio": "1:1"}}
    )

    assert outcome(answer) == (200, 0)


_BAD_NEWER: dict[str, tuple[str, dict[str, Any], tuple[int, int]]] = {
    "a model of the legacy standard": ("kling-v2-1", {}, (404, 1203)),
    "a duration as text": ("kling-3.0", {"duration": "5"}, (400, 1201)),
    "a duration that the model lacks": ("kling-2.5-turbo", {"duration": 7}, (400, 1201)),
    "a resolution that the model lacks": ("kling-2.5-turbo", {"resolution": "4k"}, (400, 1201)),
}


@pytest.mark.parametrize("what", _BAD_NEWER)
def test_a_bad_newer_request_creates_nothing(caller: Caller, kling: KlingSimulator, what: str) -> None:
    model, settings, expected = _BAD_NEWER[what]

    answer = caller.create_newer("video-1", model=model, **settings)

    assert outcome(answer) == expected
    assert kling.tasks == []


def test_newer_contents_need_a_prompt_and_a_first_frame(caller: Caller) -> None:
    prompt, frame = {"type": "prompt", "text": "She smiles"}, {"type": "first_frame", "url": image()}

    answers = [
        caller.post("/image-to-video/kling-3.0", {"contents": contents}) for contents in ([prompt], [frame], None)
    ]

    assert [outcome(answer) for answer in answers] == [(400, 1200)] * 3


def test_an_unknown_path_and_a_wrong_method_have_codes_of_their_own(caller: Caller) -> None:
    answers = [
        caller.get("/v1/nothing"),
        caller.post("/v1/videos/image2video/1", {}),
        caller.get("/text-to-video/kling-3.0"),
    ]

    assert [outcome(answer) for answer in answers] == [(404, 1203), (404, 1202), (404, 1202)]


# Credentials


def _legacy(credential: str, kling: KlingSimulator) -> tuple[int, int]:
    return outcome(Caller(kling, credential=credential).create())


def test_a_signed_token_opens_the_legacy_standard(kling: KlingSimulator, clock: Clock) -> None:
    now = int(clock.now)
    documented = token(iss=ACCESS_KEY, exp=now + 1800, nbf=now - 5)
    with_more = token(iss=ACCESS_KEY, exp=now + 1800, nbf=now - 5, iat=now + 60, aud="anyone", jti="1")

    assert [_legacy(credential, kling) for credential in (documented, with_more)] == [(200, 0), (200, 0)]


def test_a_signed_token_is_refused_by_the_newer_standard(kling: KlingSimulator, clock: Clock) -> None:
    signed = Caller(kling, credential=token(iss=ACCESS_KEY, exp=int(clock.now) + 1800))

    answers = [signed.create_newer(), signed.get("/tasks", task_ids="1"), signed.post("/tasks", {})]

    assert [outcome(answer) for answer in answers] == [(401, 1002)] * 3
    assert "does not support AK/SK" in answers[0].json()["message"]


def test_each_bad_credential_has_its_own_code(kling: KlingSimulator, clock: Clock) -> None:
    now = int(clock.now)
    expected = {
        "another-api-key": 1000,
        token(iss=ACCESS_KEY, exp=now + 1800, key=SECRET_KEY[::-1]): 1002,
        token(iss="somebody-else", exp=now + 1800): 1002,
        token(iss=ACCESS_KEY): 1002,
        token(iss=ACCESS_KEY, exp=now + 1800, nbf=now + 60): 1003,
        token(iss=ACCESS_KEY, exp=now): 1004,
    }

    answers = {credential: _legacy(credential, kling) for credential in expected}

    assert answers == {credential: (401, code) for credential, code in expected.items()}
    assert kling.tasks == []


@pytest.mark.parametrize(("header", "code"), [(None, 1001), ("", 1001), ("Basic a2V5", 1002), ("Key x", 1002)])
def test_a_request_without_a_bearer_has_a_code_of_its_own(kling: KlingSimulator, header: str | None, code: int) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = requests.get(f"{kling.base_url}/v1/videos/image2video", headers=headers, timeout=10)

    assert outcome(answer) == (401, code)


# Ids and slots


def test_an_external_id_is_accepted_once_per_account_even_after_success(caller: Caller, clock: Clock) -> None:
    caller.create("video-1")
    at_once = caller.create("video-1", prompt="Another one")
    clock.now += 10
    later, by_the_other_standard = caller.create("video-1"), caller.create_newer("video-1")

    answers = [outcome(answer) for answer in (at_once, later, by_the_other_standard)]

    assert answers == [(400, 1201)] * 3


def test_creates_without_an_external_id_are_all_accepted(caller: Caller) -> None:
    answers = [caller.create(), caller.create(), caller.create("")]

    assert [outcome(answer) for answer in answers] == [(200, 0)] * 3


def test_a_model_has_so_many_slots_and_a_task_frees_its_own_when_it_ends(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=10, concurrency=2) as kling:
        caller = Caller(kling)
        kling.fault(on="create", kind="task_fails")
        taken = [caller.create("fails"), caller.create("succeeds")]

        full, other_model = caller.create("third"), caller.create_newer("other")
        clock.now += 10
        freed = caller.create("third")

    assert [outcome(answer) for answer in (*taken, other_model, freed)] == [(200, 0)] * 4
    assert outcome(full) == (429, 1303)
    assert full.json().keys() == {"code", "message", "request_id"}


def test_twenty_creates_at_once_take_exactly_the_free_slots(kling: KlingSimulator) -> None:
    kling.configure(concurrency=7)
    caller = Caller(kling)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: outcome(caller.create(f"video-{number}")), range(20)))

    assert sorted(answers) == [(200, 0)] * 7 + [(429, 1303)] * 13
    assert len(kling.tasks) == 7
    assert kling.create_calls == {f"video-{number}": 1 for number in range(20)}


def test_twenty_creates_at_once_under_one_id_make_one_task(kling: KlingSimulator) -> None:
    caller = Caller(kling)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: outcome(caller.create("video-1")), range(20)))

    assert sorted(answers) == [(200, 0)] + [(400, 1201)] * 19
    assert [task["external_id"] for task in kling.tasks] == ["video-1"]
    assert kling.create_calls == {"video-1": 20}


def test_equal_requests_are_filmed_once(kling: KlingSimulator) -> None:
    caller = Caller(kling)

    for number in range(5):
        caller.create(f"video-{number}")

    assert (len(kling.tasks), kling.encoded_videos) == (5, 1)


def test_one_picture_with_another_prompt_is_another_film(caller: Caller, kling: KlingSimulator) -> None:
    for picture in (image(), "https://example.com/face.jpg"):
        for prompt in ("She smiles", "She waves"):
            caller.create(image=picture, prompt=prompt)
    frame, waves = {"type": "first_frame", "url": image()}, {"type": "prompt", "text": "She jumps"}
    caller.post("/image-to-video/kling-2.5-turbo", {"contents": [waves, frame]})

    assert (len(kling.tasks), kling.encoded_videos) == (5, 5)
