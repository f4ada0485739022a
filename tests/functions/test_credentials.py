"""GET …/credentials over HTTP, and the marks of a video in responses."""

from uuid import uuid4

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.api_client import ApiClient


def test_credential_of_a_signed_file_states_its_origin_and_not_the_prompt(
    user: ApiClient, kling: KlingSimulator
) -> None:
    prompt = f"A secret plan {uuid4().hex}"
    video = user.follow(user.create_video(prompt=prompt, model="kling-2.6").json()["id"])

    response = user.send("GET", f"/v1/videos/{video['id']}/credentials")

    credentials = response.json()
    assert (response.status_code, credentials["content_credentials"], credentials["ai_generated"]) == (
        200,
        "valid",
        True,
    )
    assert "trainedAlgorithmicMedia" in response.text
    assert prompt not in response.text
    assert video["sha256"] != video["source_sha256"]
    (listed,) = user.send("GET", "/v1/videos").json()["videos"]
    for marked in (video, listed):
        assert (marked["ai_generated"], marked["content_credentials"]) == (True, "valid")


def test_video_without_a_credential_has_no_report(user: ApiClient) -> None:
    states = (None, "absent")
    videos = [factories.finished_video(user, content_credentials=state) for state in states]

    found = [user.send("GET", f"/v1/videos/{it['id']}/credentials").json() for it in videos]

    assert found == [{"ai_generated": True, "content_credentials": state, "report": None} for state in states]


def test_credential_of_a_bot_video_is_for_its_owner_only(
    user: ApiClient, other_user: ApiClient, higgsfield: HiggsfieldSimulator
) -> None:
    user.put_community(community_id := uuid4().hex)
    video = factories.finished_video(user, community_id=community_id, type="intro", content_credentials="absent")
    url = f"/v1/communities/{community_id}/videos/{video['id']}/credentials"

    statuses = [client.send("GET", url).status_code for client in (user, other_user)]

    assert statuses[0] == 200
    assert statuses[1] in (403, 404)


def test_credential_of_another_users_video_is_not_found(user: ApiClient, other_user: ApiClient) -> None:
    video = factories.finished_video(user, content_credentials="valid")

    assert other_user.send("GET", f"/v1/videos/{video['id']}/credentials").status_code == 404


def test_report_that_was_too_large_to_store_is_null(user: ApiClient) -> None:
    video = factories.finished_video(user, content_credentials="untrusted")

    found = user.send("GET", f"/v1/videos/{video['id']}/credentials").json()

    assert found == {"ai_generated": True, "content_credentials": "untrusted", "report": None}
