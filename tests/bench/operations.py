"""AWS calls and capacity units of the API's operations: ours, and the typical way's."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from keepreel import aws
from keepreel.settings import settings
from local.stack import Stack
from tests.bench import api_events
from tests.bench.aws_meter import Call, Meter, metered
from tests.bench.lives import PROMPT, lives_at
from tests.bench.recorder import Recorder
from tests.bench.seeds import copies

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
_VIDEOS = "/v1/videos"
_PARTS_OF_A_LIFE = ("dispatch_videos", "submit_video")  # `counts.life_write_units` has them


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Calls of a request, and capacity units of the request and of what it has others do later."""

    calls: list[Call]
    write_units: int
    read_units: float


@dataclass
class Operations:
    """Each operation once, in an order in which each has its video. Warm: secrets and parameters are cached,
    and the share link was opened before."""

    stack: Stack
    picture: bytes
    user: str = field(default_factory=lambda: str(uuid4()))

    def measure(self) -> dict[str, Cost]:
        with lives_at(self.stack, "kling") as lives:
            video = lives.run(user=self.user).video
            copies(video, 30)
            path = f"{_VIDEOS}/{video.video_id}"
            owner = str(uuid4())
            token = self._send("library", "POST", f"{path}/share")["url"].rpartition("/")[2]
            calls: Mapping[str, Callable[[], object]] = {
                "generate": partial(_create, str(uuid4())),
                "generate with image": partial(_create, owner, source_image=_upload(owner, self.picture)),
                "status": partial(self._send, "check_video_status", "GET", path),
                "list": partial(self._send, "library", "GET", _VIDEOS, query={"limit": "20"}),
                "share view": partial(self._view, token),
                "download": partial(self._send, "library", "GET", f"{path}/download"),
                "delete": partial(self._send, "delete_video", "DELETE", path),
            }
            _create(str(uuid4()))  # warms the caches
            self._view(token, method="HEAD")  # does not count
            lives.recorder.taken()
            return {name: self._cost(call, lives.recorder) for name, call in calls.items()}

    def _cost(self, call: Callable[[], object], recorder: Recorder) -> Cost:
        with metered() as now:
            call()
        self.stack.wait_until_idle()
        with metered() as later:
            for folder, event in recorder.taken():
                if folder not in _PARTS_OF_A_LIFE:
                    api_events.invoke(folder, event)
        return Cost(
            calls=now.calls,
            write_units=now.write_units + later.write_units,
            read_units=now.read_units + later.read_units,
        )

    def _view(self, token: str, *, method: str = "GET") -> object:
        response = api_events.invoke("shared_video", api_events.event(method, f"/s/{token}", headers=BROWSER))
        assert response["statusCode"] == 200, response
        return response

    def _send(self, folder: str, method: str, path: str, **more: Any) -> dict[str, Any]:
        return api_events.send(folder, method, path, user=self.user, **more)


def _create(user: str, **more: Any) -> object:
    """Create a video of a user who has no unfinished one. With one, a second transaction follows."""
    return api_events.send("generate_video", "POST", _VIDEOS, user=user, body={"prompt": PROMPT, **more})


def _upload(user: str, content: bytes) -> str:
    upload_id = uuid4().hex
    aws.s3().put_object(Bucket=settings().media_bucket, Key=f"uploads/user/{user}/{upload_id}", Body=content)
    return f"upload:{upload_id}"


def measured(calls: Mapping[str, Callable[[], object]]) -> Iterator[tuple[str, Meter]]:
    for name, call in calls.items():
        with metered() as meter:
            call()
        yield name, meter
