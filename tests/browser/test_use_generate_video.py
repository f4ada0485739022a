"""`useGenerateVideo` in a front end of somebody else: in a plain script, and where it is mounted as React does it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser import community_page, embedding_host
from tests.browser.signed_in import Visitor

# All that a page needs; `begin` is for what is awaited later, since a test's script ends with its promise.
FRONT_END = """<script type="module">
    import {{ GenerationFailed, Problem, configure, useGenerateVideo }} from "$keepreel/static/embed.js";
    configure({{ token: () => {token} }});
    Object.assign(window, {{ GenerationFailed, Problem, useGenerateVideo, updates: [], completed: [], ended: null }});
    window.hearing = {{ onUpdate: (video) => updates.push(video), onComplete: (video) => completed.push(video) }};
    window.drawn = () => {{
        const canvas = new OffscreenCanvas(640, 640);
        canvas.getContext("2d").fillRect(0, 0, 320, 640);
        return canvas.convertToBlob();
    }};
    window.isReady = true;
</script><p>A dashboard</p>"""
LIMITS = """() => {
    const limits = [];
    AbortSignal.timeout = (milliseconds) => {
        const limit = new AbortController();
        limits.push({ milliseconds, limit });
        return limit.signal;
    };
    window.expire = (after) => limits
        .filter(({ milliseconds }) => milliseconds <= after)
        .forEach(({ limit }) => limit.abort(new DOMException("", "TimeoutError")));
}"""
BEGIN = """({ request, communityId }) => {
    window.leaving = new AbortController();
    const { generate } = useGenerateVideo({ ...hearing, communityId, signal: leaving.signal });
    generate(request).then(() => { ended = "made"; }, (error) => { ended = error.name; });
}"""


@pytest.fixture
def visitor(new_page: Callable[..., Page], sign_in: Callable[..., Visitor]) -> Visitor:
    return sign_in(new_page())


@pytest.fixture
def dashboard(
    page: Page, visitor: Visitor, stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> Page:
    """Lends the visitor's token."""
    embedding_host.show(page, FRONT_END.format(token=json.dumps(visitor.token)), stack=stack)
    page.wait_for_function("() => window.isReady")
    return page


def listed(visitor: Visitor) -> list[dict[str, Any]]:
    videos: list[dict[str, Any]] = visitor.send("GET", "/v1/videos").json()["videos"]
    return videos


def test_a_plain_script_hears_of_each_status_and_gets_the_saved_record(
    dashboard: Page, visitor: Visitor, take_long: Callable[[float], None]
) -> None:
    take_long(600)

    dashboard.evaluate(BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    take_long(0)
    dashboard.wait_for_function("() => ended")

    statuses = dashboard.evaluate("() => updates.map((it) => it.status)")
    order = ["queued", "processing", "saving", "completed"]
    assert statuses == sorted(statuses, key=order.index)
    assert (statuses[-1], dashboard.evaluate("ended")) == ("completed", "made")
    (record,) = dashboard.evaluate("completed")
    assert record == visitor.video(record["id"])
    assert record["video_url"].endswith(".mp4")


def test_generate_resolves_to_the_saved_record_and_history_lists_it(dashboard: Page, visitor: Visitor) -> None:
    resolved, history = dashboard.evaluate("""async () => {
        const { generate, history } = useGenerateVideo();
        const video = await generate({ prompt: "A paper boat" });
        return [video, await history({ limit: 5 })];
    }""")

    assert resolved == visitor.video(resolved["id"])
    assert [it["id"] for it in history["videos"]] == [resolved["id"]]
    assert history["next_cursor"] is None


def test_a_community_has_its_own(dashboard: Page, visitor: Visitor) -> None:
    id = community_page.founded(visitor)

    promo, history = dashboard.evaluate(
        """async (communityId) => {
            const { generate, history } = useGenerateVideo({ communityId });
            return [await generate({ type: "promo" }), await history()];
        }""",
        id,
    )

    assert (promo["type"], promo["status"]) == ("promo", "completed")
    assert [it["id"] for it in history["videos"]] == [promo["id"]]
    assert listed(visitor) == []


def test_a_failure_rejects_with_the_video_and_its_reason(
    dashboard: Page, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    for simulator in (kling, higgsfield):
        simulator.fault(on="create", kind="task_fails")

    failure = dashboard.evaluate("""async () => {
        const error = await useGenerateVideo(hearing).generate({ prompt: "A paper boat" }).catch((it) => it);
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


def test_a_refusal_rejects_with_what_is_wrong_with_which_field(
    dashboard: Page, visitor: Visitor, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")

    refusal = dashboard.evaluate("""() => useGenerateVideo().generate({ prompt: "" }).catch((error) => ({
        isProblem: error instanceof Problem, status: error.status, isOfPrompt: error.of("prompt") !== null,
    }))""")

    assert refusal == {"isProblem": True, "status": 400, "isOfPrompt": True}
    assert listed(visitor) == []


def test_aborting_ends_the_following_and_not_the_making(
    dashboard: Page, visitor: Visitor, take_long: Callable[[float], None]
) -> None:
    take_long(600)

    dashboard.evaluate(BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    before = dashboard.evaluate("() => { leaving.abort(); return updates.length; }")
    dashboard.wait_for_function("() => ended")
    asked: list[str] = []
    dashboard.on("request", lambda request: asked.append(request.url))
    take_long(0)
    (video,) = listed(visitor)
    visitor.follow(video["id"])
    # Another one is asked after, and so the first one would have been too.
    other = dashboard.evaluate("() => useGenerateVideo().generate({ prompt: 'Another paper boat' })")

    assert dashboard.evaluate("[ended, updates.length, completed]") == ["AbortError", before, []]
    assert any(other["id"] in url for url in asked)
    assert not any(video["id"] in url for url in asked)
    history = dashboard.evaluate("async () => (await useGenerateVideo().history()).videos")
    assert [(it["id"], it["status"]) for it in history] == [(other["id"], "completed"), (video["id"], "completed")]


def test_a_component_that_mounts_makes_one_video_and_hears_no_more_once_it_is_unmounted(
    dashboard: Page, visitor: Visitor, take_long: Callable[[float], None]
) -> None:
    take_long(600)

    # As React does it in development: mounted, unmounted, mounted again; the click comes after.
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
    take_long(0)
    (video,) = listed(visitor)
    visitor.follow(video["id"])

    assert dashboard.evaluate("states.length") == seen
    assert dashboard.evaluate("'React' in window") is False


def test_a_picture_is_uploaded_and_the_video_made_of_it(dashboard: Page, visitor: Visitor, stack: Stack) -> None:
    made = dashboard.evaluate("""async () => {
        return useGenerateVideo().generate({ prompt: "A paper boat", source_image: await drawn() });
    }""")

    assert made["status"] == "completed"
    assert made["source_image_url"] is not None


def test_an_upload_may_take_longer_than_any_other_request(dashboard: Page, stack: Stack) -> None:
    held: list[Route] = []
    dashboard.route(re.compile(f"^{stack.aws_endpoint}/.+"), lambda route: held.append(route))
    dashboard.evaluate(LIMITS)

    with dashboard.expect_request(re.compile(f"^{stack.aws_endpoint}/.+")):
        dashboard.evaluate("""async () => {
            const source_image = await drawn();
            const video = useGenerateVideo().generate({ prompt: "A paper boat", source_image });
            video.then(() => { ended = "made"; }, (error) => { ended = error.message; });
        }""")
    dashboard.evaluate("() => expire(60_000)")
    held[0].continue_()
    dashboard.wait_for_function("() => ended")

    assert dashboard.evaluate("ended") == "made"


def test_a_refused_sign_in_that_passes_does_not_end_the_following(
    dashboard: Page, visitor: Visitor, take_long: Callable[[float], None], expect_console: Callable[[str], None]
) -> None:
    take_long(600)
    expect_console("status of 401")
    refused = {"status": 401, "headers": {"Access-Control-Allow-Origin": "*"}, "json": {"message": "Unauthorized"}}

    dashboard.evaluate(BEGIN, {"request": {"prompt": "A paper boat"}})
    dashboard.wait_for_function("() => updates.at(-1)?.status === 'processing'")
    with dashboard.expect_response(lambda it: it.status == 401):
        dashboard.route(re.compile(r"/v1/videos/[^/]+$"), lambda route: route.fulfill(**refused), times=1)
    take_long(0)
    dashboard.wait_for_function("() => ended")

    assert dashboard.evaluate("[ended, completed.length]") == ["made", 1]


def test_variations_are_each_told_of(dashboard: Page, visitor: Visitor) -> None:
    dashboard.evaluate("() => useGenerateVideo(hearing).generate({ prompt: 'A paper boat', variations: 3 })")
    dashboard.wait_for_function("() => completed.length === 3")

    assert sorted(it["batch_index"] for it in dashboard.evaluate("completed")) == [0, 1, 2]
    assert len(listed(visitor)) == 3


def test_the_same_key_makes_one(dashboard: Page, visitor: Visitor) -> None:
    ids = dashboard.evaluate("""() => {
        const { generate } = useGenerateVideo();
        const ask = () => generate({ prompt: "A paper boat" }, { key: "a-key-of-ours" });
        return Promise.all([ask(), ask(), ask()].map(async (it) => (await it).id));
    }""")

    assert len(set(ids)) == 1
    assert [it["id"] for it in listed(visitor)] == ids[:1]


def test_the_price_can_be_asked_for_and_nothing_is_made(dashboard: Page, visitor: Visitor) -> None:
    price = dashboard.evaluate("() => useGenerateVideo().price({ prompt: 'A paper boat' })")

    assert price["cost"]["estimated_usd"] > 0
    assert price["remaining"]["videos_today"] == 30
    assert listed(visitor) == []
