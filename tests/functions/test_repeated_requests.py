"""Equal requests within a minute: a double click without a key, several videos with several keys."""

import pytest

from tests.api_client import ApiClient


@pytest.mark.usefixtures("without_workflow")
def test_new_keys_create_equal_videos_within_a_minute(user: ApiClient) -> None:
    first, again = (user.create_video(prompt="twice") for _ in range(2))

    wanted = [user.create_video(prompt="twice", key=key) for key in ("one", "two")]

    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (first.json()["id"], "true")
    assert len({it.json()["id"] for it in (first, *wanted)}) == 3
    assert [it.headers.get("Idempotent-Replayed") for it in wanted] == [None, None]
