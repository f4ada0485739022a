"""`useGenerateVideo` in a third-party front end: from a plain script, and mounted the way React mounts."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host, host_scripts
from tests.browser.held_requests import HeldRequests
from tests.browser.signed_in import SignedInUser


@pytest.fixture
def user(new_page: Callable[..., Page], sign_in: Callable[..., SignedInUser]) -> SignedInUser:
    return sign_in(new_page())


@pytest.fixture
def dashboard(
    page: Page, user: SignedInUser, stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> Page:
    """A host page that provides the user's token."""
    embedding_host.show(page, host_scripts.FRONT_END.format(token=json.dumps(user.token)), stack=stack)
    page.wait_for_function("() => window.isReady")
    return page


def list_videos(user: SignedInUser) -> list[dict[str, Any]]:
    videos: list[dict[str, Any]] = user.send("GET", "/v1/videos").json()["videos"]
    return videos


def test_callbacks_receive_each_status_and_the_saved_record(
    dashboard: Page, user: SignedInUser, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)

    dashboard.evaluate(host_scripts.BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    set_finish_seconds(0)
    dashboard.wait_for_function("() => ended")

    statuses = dashboard.evaluate("() => updates.map((it) => it.status)")
    order = ["queued", "processing", "saving", "completed"]
    assert statuses == sorted(statuses, key=order.index)
    assert (statuses[-1], dashboard.evaluate("ended")) == ("completed", "resolved")
    (record,) = dashboard.evaluate("completed")
    assert record == user.video(record["id"])
    assert record["video_url"].endswith(".mp4")


def test_generate_resolves_to_the_saved_record_and_history_lists_it(dashboard: Page, user: SignedInUser) -> None:
    resolved, history = dashboard.evaluate("""async () => {
        const { generate, history } = useGenerateVideo();
        const video = await generate({ prompt: "A paper boat" });
        return [video, await history({ limit: 5 })];
    }""")

    assert resolved == user.video(resolved["id"])
    assert [it["id"] for it in history["videos"]] == [resolved["id"]]
    assert history["next_cursor"] is None


def test_community_videos_are_separate(dashboard: Page, user: SignedInUser) -> None:
    id = community_page.create_community(user)

    promo, history = dashboard.evaluate(
        """async (communityId) => {
            const { generate, history } = useGenerateVideo({ communityId });
            return [await generate({ type: "promo" }), await history()];
        }""",
        id,
    )

    assert (promo["type"], promo["status"]) == ("promo", "completed")
    assert [it["id"] for it in history["videos"]] == [promo["id"]]
    assert list_videos(user) == []


def test_failed_video_rejects_with_the_video_and_its_error(
    dashboard: Page, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    for simulator in (kling, higgsfield):
        simulator.fault(on="create", kind="task_fails")

    failure = dashboard.evaluate("""async () => {
        const error = await useGenerateVideo(callbacks).generate({ prompt: "A paper boat" }).catch((it) => it);
        const isFailure = error instanceof GenerationFailed;
        return { isFailure, message: error.message, error: error.video.error, completed };
    }""")

    assert failure == {
        "isFailure": True,
        "message": failure["error"]["message"],
        "error": failure["error"],
        "completed": [],
    }
    assert failure["error"]["code"]


def test_rejected_request_rejects_with_the_invalid_field(
    dashboard: Page, user: SignedInUser, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")

    refusal = dashboard.evaluate("""() => useGenerateVideo().generate({ prompt: "" }).catch((error) => ({
        isProblem: error instanceof Problem, status: error.status, isOfPrompt: error.of("prompt") !== null,
    }))""")

    assert refusal == {"isProblem": True, "status": 400, "isOfPrompt": True}
    assert list_videos(user) == []


def test_abort_stops_polling_but_not_generation(
    dashboard: Page, user: SignedInUser, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)

    dashboard.evaluate(host_scripts.BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    before = dashboard.evaluate("() => { leaving.abort(); return updates.length; }")
    dashboard.wait_for_function("() => ended")
    requested: list[str] = []
    dashboard.on("request", lambda request: requested.append(request.url))
    set_finish_seconds(0)
    (video,) = list_videos(user)
    user.follow(video["id"])
    # The page polls another video, so it would have polled the first one too.
    other = dashboard.evaluate("() => useGenerateVideo().generate({ prompt: 'Another paper boat' })")

    assert dashboard.evaluate("[ended, updates.length, completed]") == ["AbortError", before, []]
    assert any(other["id"] in url for url in requested)
    assert not any(video["id"] in url for url in requested)
    history = dashboard.evaluate("async () => (await useGenerateVideo().history()).videos")
    assert [(it["id"], it["status"]) for it in history] == [(other["id"], "completed"), (video["id"], "completed")]


def test_mounted_component_creates_one_video_and_unmounting_stops_updates(
    dashboard: Page, user: SignedInUser, set_finish_seconds: Callable[[float], None]
) -> None:
    set_finish_seconds(600)

    # React in development mounts, unmounts and mounts again; the click comes afterwards.
    dashboard.evaluate("""() => {
        window.states = [];
        window.effect = () => {
            const gone = new AbortController();
            const setVideo = (video) => states.push(video.status);
            const { generate } = useGenerateVideo({ onUpdate: setVideo, signal: gone.signal });
            const tell = (error) => gone.signal.aborted || alert(error);
            window.click = () => generate({ prompt: "A paper boat" }).catch(tell);
            return () => gone.abort();
        };
        effect()();
        window.cleanUp = effect();
        click();
    }""")
    dashboard.wait_for_function("() => states.includes('processing')")
    seen = dashboard.evaluate("() => { cleanUp(); return states.length; }")
    set_finish_seconds(0)
    (video,) = list_videos(user)
    user.follow(video["id"])

    assert dashboard.evaluate("states.length") == seen
    assert dashboard.evaluate("'React' in window") is False


def test_image_is_uploaded_and_used(dashboard: Page, user: SignedInUser, stack: Stack) -> None:
    video = dashboard.evaluate("""async () => {
        return useGenerateVideo().generate({ prompt: "A paper boat", source_image: await draw() });
    }""")

    assert video["status"] == "completed"
    assert video["source_image_url"] is not None


def test_upload_has_a_longer_timeout_than_other_requests(dashboard: Page, stack: Stack) -> None:
    held = HeldRequests(dashboard, re.compile(f"^{stack.aws_endpoint}/.+"))
    dashboard.evaluate(host_scripts.LIMITS)

    with dashboard.expect_request(re.compile(f"^{stack.aws_endpoint}/.+")):
        dashboard.evaluate("""async () => {
            const source_image = await draw();
            const video = useGenerateVideo().generate({ prompt: "A paper boat", source_image });
            video.then(() => { ended = "resolved"; }, (error) => { ended = error.message; });
        }""")
    dashboard.evaluate("() => expire(60_000)")
    held.wait_for()
    held.release()
    dashboard.wait_for_function("() => ended")

    assert dashboard.evaluate("ended") == "resolved"


def test_temporary_401_does_not_stop_polling(
    dashboard: Page,
    user: SignedInUser,
    set_finish_seconds: Callable[[float], None],
    expect_console: Callable[[str], None],
) -> None:
    set_finish_seconds(600)
    expect_console("status of 401")
    refused = {"status": 401, "headers": {"Access-Control-Allow-Origin": "*"}, "json": {"message": "Unauthorized"}}

    dashboard.evaluate(host_scripts.BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    with dashboard.expect_response(lambda it: it.status == 401):
        dashboard.route(re.compile(r"/v1/videos/[^/]+$"), lambda route: route.fulfill(**refused), times=1)
    set_finish_seconds(0)
    dashboard.wait_for_function("() => ended")

    assert dashboard.evaluate("[ended, completed.length]") == ["resolved", 1]


def test_each_variation_is_reported(dashboard: Page, user: SignedInUser) -> None:
    dashboard.evaluate("() => useGenerateVideo(callbacks).generate({ prompt: 'A paper boat', variations: 3 })")
    dashboard.wait_for_function("() => completed.length === 3")

    assert sorted(it["batch_index"] for it in dashboard.evaluate("completed")) == [0, 1, 2]
    assert len(list_videos(user)) == 3


def test_same_idempotency_key_creates_one_video(dashboard: Page, user: SignedInUser) -> None:
    ids = dashboard.evaluate("""() => {
        const { generate } = useGenerateVideo();
        const ask = () => generate({ prompt: "A paper boat" }, { key: "a-key-of-ours" });
        return Promise.all([ask(), ask(), ask()].map(async (it) => (await it).id));
    }""")

    assert len(set(ids)) == 1
    assert [it["id"] for it in list_videos(user)] == ids[:1]


def test_price_request_creates_no_video(dashboard: Page, user: SignedInUser) -> None:
    price = dashboard.evaluate("() => useGenerateVideo().price({ prompt: 'A paper boat' })")

    assert price["cost"]["estimated_usd"] > 0
    assert price["remaining"]["videos_today"] == 30
    assert list_videos(user) == []
