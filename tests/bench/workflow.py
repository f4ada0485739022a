"""Lines of the workflow: state transitions, how soon a finished video is completed, and what the page reads meanwhile.

The real definition and the real steps run on a virtual clock, for the same generation times in each variant. The
baseline's steps only compare the clock with the end of the job.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import yaml

from keepreel.workflow import intervals
from local.paths import ROOT
from local.stack import Stack
from tests.bench.asl import Execution
from tests.bench.lines import Line, Sample, at_most, count, shown
from tests.bench.lives import BODY, TASK_SECONDS, generation_seconds, lives_at, mean
from tests.bench.production import production
from tests.bench.world import World
from tests.factories import record
from tests.virtual_workflow import virtual_clock

VIDEOS = 40
_KLING = str(BODY["model"])
_MODELS = ((_KLING, 90, "kling"), ("higgsfield-seedance-2.5", 240, "higgsfield"))  # with median and provider
_POLL_LOOP = ROOT / "tests/bench/baselines/poll_loop.asl.yaml"
_PAGE_READ_SECONDS = 5  # the baseline's page reads every 5 seconds
_NOT_STARTED_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one video took: states entered, polls, and the seconds that it was completed after the job had ended."""

    transitions: int
    polls: int
    late_seconds: float
    total_seconds: float


def lines(world: World) -> list[Line]:
    made: list[Line] = []
    for model, median_seconds, provider in _MODELS:
        seconds = shuffled_seconds(median_seconds=median_seconds, count=VIDEOS)
        usual = [typical(it) for it in seconds]
        called = ours(world.stack, model=model, provider=provider, seconds=seconds, has_callbacks=True)
        polled = ours(world.stack, model=model, provider=provider, seconds=seconds, has_callbacks=False)
        name = f"{model}, median {median_seconds} s"
        made += [*_workflow_lines(name, usual, called, polled)]
        if model == _KLING:
            made.append(_page_line(name, model=model, usual=usual, ours=called))
    return made


def shuffled_seconds(*, median_seconds: float, count: int) -> list[float]:
    """Return generation times in an order that tells nothing, because the workflow learns usual times."""
    seconds = generation_seconds(median=median_seconds, count=count)
    random.Random(13).shuffle(seconds)
    return seconds


def _workflow_lines(name: str, usual: Sequence[Run], called: Sequence[Run], polled: Sequence[Run]) -> list[Line]:
    typical_states = {"poll loop": _mean(usual, "transitions")}
    typical_late = {"poll loop": _mean(usual, "late_seconds")}
    typical_p99 = {"poll loop": count(_p99(usual))}
    made: list[Line] = []
    for way, runs, max_states, max_late in (("callbacks", called, 6, 1.5), ("polling", polled, 20, 8)):
        states, late = _mean(runs, "transitions"), _mean(runs, "late_seconds")
        suffix = f"{way} ({name})"
        made += [
            at_most(
                max_states,
                name=f"state transitions, {suffix}",
                ours=states,
                baselines=typical_states,
                floor=count(2),
            ),
            at_most(
                max_late,
                name=f"seconds from finish to completed, mean, {suffix}",
                ours=late,
                baselines=typical_late,
                floor=count(2 * TASK_SECONDS),
            ),
            shown(
                name=f"seconds from finish to completed, p99, {suffix}", ours=count(_p99(runs)), baselines=typical_p99
            ),
        ]
    polls = {"poll loop": _mean(usual, "polls")}
    made.append(
        at_most(6, name=f"polls, polling ({name})", ours=_mean(polled, "polls"), baselines=polls, floor=count(1))
    )
    return made


def _mean(runs: Sequence[Run], name: str) -> Sample:
    return count(mean([getattr(it, name) for it in runs]))


def ours(
    stack: Stack, *, model: str, provider: str, seconds: Sequence[float], has_callbacks: bool, learns: bool = True
) -> list[Run]:
    """Run one video after the other, for jobs of these lengths, after the model's first videos."""
    with lives_at(stack, provider, has_callbacks=has_callbacks) as lives:
        body = {**BODY, "model": model}
        if learns:
            lives.learn(body, median=median(seconds))
        found = [lives.run(body, seconds=it) for it in seconds]
    return [
        Run(
            transitions=len(it.entered),
            polls=it.polls,
            late_seconds=it.late_seconds,
            total_seconds=it.total_seconds,
        )
        for it in found
    ]


def _page_line(name: str, *, model: str, usual: Sequence[Run], ours: Sequence[Run]) -> Line:
    return at_most(
        12,
        name=f"page status reads a video ({name})",
        ours=count(mean([page_reads(it, model=model) for it in ours])),
        baselines={"every 5 s": count(mean([math.ceil(it.total_seconds / _PAGE_READ_SECONDS) for it in usual]))},
        floor=count(1),
    )


def page_reads(run: Run, *, model: str) -> int:
    """Return how often a page reads that follows `poll_after_seconds` until the video is completed."""
    with virtual_clock() as clock, production(has_callbacks=True):
        video = record("user#page", model=model, status="queued", created_at=clock.now())
        reads = 0
        while clock.seconds < run.total_seconds:
            if clock.seconds > _NOT_STARTED_SECONDS:
                video.status, video.submitted_at = "processing", video.created_at
            clock.seconds += intervals.poll_after_seconds(video) or run.total_seconds
            reads += 1
    return reads


def _p99(runs: Sequence[Run]) -> float:
    late = sorted(it.late_seconds for it in runs)
    return late[math.ceil(0.99 * len(late)) - 1]


def typical(seconds: float) -> Run:
    """Run the baseline's poll loop for a job that ends after this many seconds."""
    clock, ends_at = [0.0], TASK_SECONDS + seconds

    def wait(waited: float) -> None:
        clock[0] += waited

    def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
        clock[0] += TASK_SECONDS
        if function != "PollProviderFunctionArn":
            return event
        return {"status": "saving" if clock[0] >= ends_at else "processing"}

    definition = yaml.safe_load(_POLL_LOOP.read_text())
    execution = Execution(definition=definition, invoke=invoke, wait=wait, await_token=_no_tokens)
    execution.run({})
    entered = execution.entered
    return Run(
        transitions=len(entered),
        polls=entered.count("PollProvider"),
        late_seconds=clock[0] - ends_at,
        total_seconds=clock[0],
    )


def _no_tokens(token: str, seconds: float) -> Any:
    raise NotImplementedError
