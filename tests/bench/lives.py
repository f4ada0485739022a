"""Lives of videos on a virtual clock: the real workflow, handlers, tables and simulators, and no waiting.

Each task takes `TASK_SECONDS`, which stands for the invocation, our calls to AWS and the provider's response.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import yaml

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.workflow import callback_urls, usual_times
from local.paths import ROOT
from local.simulators.core.simulator import ProviderSimulator
from local.stack import Stack
from tests.bench import api_events
from tests.bench.asl import Execution, TaskTimeout
from tests.bench.production import caught_answers, delete_unfinished, on_clock, production
from tests.bench.recorder import Recorder, recorded
from tests.virtual_workflow import Clock, virtual_clock

TASK_SECONDS = 0.15
CALLBACK_SECONDS = 0.2  # from the end of a job to the provider's request at our callback route
_SIGMA = 0.35  # of the logarithm of generation times; measured medians and tails of three models agree with it
_WORKFLOW = ROOT / "functions/video_workflow.asl.yaml"
_MAX_EXECUTIONS = 10
_LEARNED_VIDEOS = 6
PROMPT = (
    "A paper boat crosses a puddle in the rain at dusk. The camera follows it close to the water, past the reflections "
    "of street lamps, while ripples from the drops make it turn slowly. Soft light, shallow depth of field, 35 mm film."
)
BODY = {"prompt": PROMPT, "model": "kling-2.6", "duration_seconds": 5, "aspect_ratio": "1:1"}


def generation_seconds(*, median: float, count: int) -> list[float]:
    """Return the quantiles of a log-normal distribution: a sample without chance."""
    normal = NormalDist(math.log(median), _SIGMA)
    return [math.exp(normal.inv_cdf((it + 0.5) / count)) for it in range(count)]


@dataclass(frozen=True, kw_only=True)
class Life:
    """One video from the request to `completed`."""

    video: Video
    entered: tuple[str, ...]  # the states, in order
    late_seconds: float  # from the end of the provider's job to `completed_at`
    total_seconds: float  # from the request to `completed_at`

    @property
    def polls(self) -> int:
        return self.entered.count("PollProvider")


@dataclass(kw_only=True)
class Lives:
    """Creates videos and runs their workflows. `has_callbacks`: the provider calls back when a job ends."""

    stack: Stack
    recorder: Recorder
    clock: Clock
    simulator: ProviderSimulator[Any, Any]
    has_callbacks: bool = True
    definition: Mapping[str, Any] = field(default_factory=lambda: yaml.safe_load(_WORKFLOW.read_text()))
    _answers: dict[str, Any] = field(default_factory=dict)  # by task token
    _owner: str = ""
    _video_id: str = ""

    def run(self, body: Mapping[str, Any] = BODY, *, seconds: float = 90, user: str | None = None) -> Life:
        """Create a video that the provider needs this long for, and run everything that follows."""
        self.clock.restart()
        usual_times.forget()  # as after a minute, in which a real video takes its time
        self.simulator.clear_tasks()
        self.simulator.configure(finish_seconds=seconds)
        user = user or str(uuid4())
        created = api_events.send("generate_video", "POST", "/v1/videos", user=user, body=body)
        self._owner, self._video_id = owner, video_id = f"user#{user}", created["id"]
        entered: list[str] = []
        for _ in range(_MAX_EXECUTIONS):
            for start in self._started(video_id):
                entered += self._execute(start)
            video = video_records.get(owner=owner, video_id=video_id)
            if video.completed_at is not None:
                break
            self._sweep(video)
        assert video.completed_at is not None, video.status
        (task,) = self.simulator._tasks.all()
        completed_at = video.completed_at.timestamp()
        return Life(
            video=video,
            entered=tuple(entered),
            late_seconds=completed_at - task.ends_at,
            total_seconds=completed_at - self.clock.start.timestamp(),
        )

    def learn(self, body: Mapping[str, Any] = BODY, *, median: float = 90, count: int = _LEARNED_VIDEOS) -> None:
        """Create the first videos of a model, from which the workflow learns its usual time."""
        for seconds in generation_seconds(median=median, count=count):
            self.run(body, seconds=seconds)

    def _sweep(self, video: Video) -> None:
        """Run the sweeper in the minute in which it finds the video."""
        found_at = max(video.next_check_at or self.clock.now(), self.clock.now())
        self.clock.seconds = (math.floor((found_at - self.clock.start).total_seconds() / 60) + 1) * 60
        api_events.invoke("sweep_videos", {"source": "aws.events"})

    def _started(self, video_id: str) -> Iterator[Mapping[str, Any]]:
        """Run asynchronous invocations, and yield the inputs of the executions that were started for the video."""
        for _ in range(10):
            self.stack.wait_until_idle()
            pending = self.recorder.taken()
            if not pending:
                return
            for folder, event in pending:
                if folder != "submit_video":
                    api_events.invoke(folder, event)
                elif event["video_id"] == video_id:
                    yield event
        raise AssertionError("functions invoke each other for ever")

    def _execute(self, start: Mapping[str, Any]) -> list[str]:
        execution = Execution(
            definition=self.definition,
            invoke=self._invoke,
            wait=self._wait,
            await_token=self._await_token,
            now=lambda: self.clock.now().isoformat(timespec="milliseconds"),
        )
        with caught_answers(self._answers):
            execution.run(dict(start))
        return execution.entered

    def _invoke(self, placeholder: str, event: dict[str, Any]) -> Any:
        folder = self.stack.invoker.function(placeholder.removesuffix("Arn")).folder
        self.clock.seconds += TASK_SECONDS
        return api_events.invoke(folder, event)

    def _wait(self, seconds: float) -> None:
        self.clock.seconds += seconds

    def _await_token(self, token: str, seconds: float) -> Any:
        """Let the callback arrive in time, or let the wait end without one."""
        if token not in self._answers:
            now, deadline = self.clock.seconds, self.clock.seconds + seconds
            arrives = self._ends_at() + CALLBACK_SECONDS
            if not self.has_callbacks or arrives > deadline:
                self.clock.seconds = deadline
                raise TaskTimeout
            self.clock.seconds = max(now, arrives)
            self._call_back()
        return self._answers.pop(token)

    def _ends_at(self) -> float:
        (task,) = self.simulator._tasks.all()
        return float(task.ends_at) - self.clock.start.timestamp()

    def _call_back(self) -> None:
        """Send the provider's request to our callback route, and run the poll that it starts."""
        url = callback_urls.of_video(video_records.get(owner=self._owner, video_id=self._video_id))
        assert url is not None
        self.clock.seconds += TASK_SECONDS
        api_events.send("provider_callback", "POST", urlsplit(url).path, body={})
        self.stack.wait_until_idle()
        for folder, event in self.recorder.taken():
            self.clock.seconds += TASK_SECONDS
            api_events.invoke(folder, event)


@contextmanager
def lives_at(
    stack: Stack, provider: str = "kling", *, has_callbacks: bool = True, wait_scale: str = "1"
) -> Iterator[Lives]:
    """Lives at a provider's simulator, with the waits of production on a virtual clock."""
    simulator = stack.simulators[provider]
    stack.wait_until_idle()
    delete_unfinished()
    with (
        recorded(stack) as recorder,
        virtual_clock() as clock,
        on_clock(simulator, clock),
        production(has_callbacks=has_callbacks, wait_scale=wait_scale),
    ):
        yield Lives(stack=stack, recorder=recorder, clock=clock, simulator=simulator, has_callbacks=has_callbacks)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
