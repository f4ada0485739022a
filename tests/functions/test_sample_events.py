"""The sample events for `sam local invoke`: each handler accepts its event and returns a valid response."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.stack import Stack

EVENTS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))

# In an empty deployment an id is not found, and a step without its video has nothing to do.
GONE = {"status": "deleting", "wait_seconds": 0}
EXPECTED: dict[str, Any] = {
    "account": 404,
    "account_worker": None,
    "await_result": None,  # callbacks are off
    "check_video_status": 404,
    "communities": {200, 201},
    "count_view": None,
    "delete_video": 404,
    "dispatch_videos": {},
    "fail_video": GONE,
    "generate_bot_video": {},
    "generate_video": 202,
    "library": 200,
    "poll_provider": GONE,
    "provider_callback": 404,
    "save_video": GONE,
    "shared_video": 404,
    "submit_video": GONE,
    "sweep_videos": {},
    "web": 200,
}
FIELDS = {"dispatch_videos": {"started"}, "generate_bot_video": {"video_ids"}, "sweep_videos": {"shards"}}


def _content(event: Path) -> Any:
    return json.loads(event.read_text().replace("VIDEO_ID", str(uuid4())))


@pytest.mark.usefixtures("empty_tables")
@pytest.mark.parametrize("event", EVENTS, ids=lambda file: file.stem)
def test_sample_event_gets_a_valid_response(event: Path, stack: Stack, without_workflow: None) -> None:
    name = "".join(word.title() for word in event.stem.split("_")) + "Function"

    if event.stem == "generate_bot_video":
        stack.invoker.invoke("CommunitiesFunction", _content(event.with_name("communities.json")))

    response = stack.invoker.invoke(name, _content(event))

    assert not response.is_error, response.value
    expected = EXPECTED[event.stem]
    if expected is None:
        assert response.value is None
    elif isinstance(expected, int | set):
        statuses = expected if isinstance(expected, set) else {expected}
        assert response.value["statusCode"] in statuses, response.value
    else:
        assert {field: response.value[field] for field in expected} == expected
        assert set(response.value) >= FIELDS.get(event.stem, set())
