"""Days of dispatching in seconds: the real dispatcher, room and places over tables in memory, on a virtual clock.

A video takes a log-normal time at its provider, median 90 s, 95th percentile 160 s. The end of a job is seen after
0.7 s (a callback), a dispatcher runs 0.3 s later, and a take, a start and a submit last 1.2 s. The index shows every
write at once.
"""

import heapq
import random
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from math import exp, log
from types import SimpleNamespace

import pytest

from keepreel import dispatch_trigger, metrics, pause
from keepreel.db import quotas, slots
from keepreel.db.quotas import Unfinished
from keepreel.dispatch import dispatcher, execution, room, waiting
from keepreel.dispatch.waiting import Candidate
from keepreel.models import queues
from tests.queue_states import States

QUEUE = "provider#1"
FAIRNESS_SECONDS = 180  # the template's default; a test compares
MEDIAN_SECONDS, P95_SECONDS = 90, 160
_SIGMA = log(P95_SECONDS / MEDIAN_SECONDS) / 1.645
MEAN_SECONDS = MEDIAN_SECONDS * exp(_SIGMA**2 / 2)
_SEEN, _TRIGGER, _SUBMIT = 0.7, 0.3, 1.2
_SWEEP_SECONDS = 60
_START = datetime(2026, 11, 28, tzinfo=UTC)

Arrival = tuple[float, int]  # seconds, and the number of videos of a new payer


@dataclass(eq=False)
class Job:
    """A video of the model. Times are seconds; `started` is when the provider accepted it."""

    id: str
    payer: int
    created: float
    service: float
    dispatch_at: datetime
    waiting_queue: str | None = QUEUE
    owner: str = ""
    slot: int = -1
    is_probe: bool = False
    blocked_until: datetime | None = None
    tries: int = 0
    taken: list[float] = field(default_factory=list)
    started: float | None = None
    is_first: bool = False  # its payer had no other unfinished one

    @property
    def video_id(self) -> str:
        return self.id

    @property
    def restarts(self) -> int:
        return self.tries

    @property
    def wait(self) -> float:
        assert self.started is not None
        return self.started - self.created

    @property
    def place(self) -> Candidate:
        return Candidate(dispatch_at=self.dispatch_at, video_id=self.id, owner=self.owner)


def arrivals(rng: random.Random, *, mix: str, slots: int, load: float, hours: float) -> list[Arrival]:
    """Return the requests of an open system, so that arrivals times service is `load` times the slots."""
    per_request = {"single": 1.0, "limit20": 0.7 + 0.2 * 3.5 + 0.1 * 13}[mix]
    rate, found, at = load * slots / MEAN_SECONDS / per_request, list[Arrival](), 0.0
    while (at := at + rng.expovariate(rate)) < hours * 3600:
        kind = rng.random() if mix == "limit20" else 0
        found.append((at, 1 if kind < 0.7 else rng.randint(2, 5) if kind < 0.9 else rng.randint(6, 20)))
    return found


class Model:
    """One queue. `capacity` is as configured, `runs(seconds)` how many videos the provider runs then."""

    def __init__(self, rng: random.Random, *, capacity: int, runs: Callable[[float], int], lost: float = 0) -> None:
        self._rng, self._runs, self._lost = rng, runs, lost
        self.capacity = capacity
        self.seconds = 0.0
        self.jobs: list[Job] = []
        self.states = States()
        self.held: dict[int, Job] = {}
        self.most_held = 0
        self._queue: list[Candidate] = []
        self._by_id: dict[str, Job] = {}
        self._running = 0
        self._payers: dict[int, Unfinished] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def run(self, requests: Sequence[Arrival], *, limit_seconds: float = 10**6) -> list[Job]:
        """Run until all videos have started."""
        for payer, (at, videos) in enumerate(requests):
            self._at(at, lambda payer=payer, videos=videos: self.create(payer, videos))  # type: ignore[misc]
        last = requests[-1][0]
        self._at(_SWEEP_SECONDS, self._every_minute)
        with self._patched():
            while self._events and self.seconds < limit_seconds:
                self.seconds, _, happen = heapq.heappop(self._events)
                happen()
                if self.seconds > last and not self._queue and all(it.started is not None for it in self.jobs):
                    break
        return self.jobs

    def create(self, payer: int, videos: int) -> None:
        seen = self._payers.get(payer, Unfinished())
        places = seen.places(now=self.now(), videos=videos)
        self._payers[payer] = Unfinished(videos=seen.videos + videos, last_dispatch_at=places[-1])
        for place in places:
            number = next(self._numbers)
            service = self._rng.lognormvariate(log(MEDIAN_SECONDS), _SIGMA)
            job = Job(f"{number:08}", payer, self.seconds, service, place)
            job.is_first = not seen.videos and place == places[0]
            self.jobs.append(job)
            self._by_id[job.id] = job
            insort(self._queue, job.place)
        self._request()

    def now(self) -> datetime:
        return _START + timedelta(seconds=self.seconds)

    def _at(self, seconds: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (seconds, next(self._numbers), happen))

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        self._at(self.seconds + seconds, happen)

    def _request(self, *_: object) -> None:
        if self._rng.random() >= self._lost:
            self._after(_TRIGGER, self._dispatch)

    def _dispatch(self) -> None:
        try:
            dispatcher.dispatch(QUEUE, deadline=40)
        except _Sleep as sleep:
            self._after(sleep.seconds, self._dispatch)

    def _every_minute(self) -> None:
        dispatcher.dispatch_all(deadline=1)
        self._after(_SWEEP_SECONDS, self._every_minute)

    def _take(self, job: Job, *, n: int, is_probe: bool) -> bool:
        assert n not in self.held
        assert job.waiting_queue
        self.held[n], job.slot, job.waiting_queue, job.is_probe = job, n, None, is_probe
        self.most_held = max(self.most_held, len(self.held))
        del self._queue[bisect_left(self._queue, job.place)]
        job.taken.append(self.seconds)
        self._after(_SUBMIT, lambda: self._submit(job))
        return True

    def _submit(self, job: Job) -> None:
        job.tries += 1
        if self._running >= self._runs(self.seconds):
            taken_at = _START + timedelta(seconds=job.taken[-1])
            room.provider_is_busy(QUEUE, is_at_capacity=True, taken_at=taken_at, is_probe=job.is_probe)
            self._let_go(job)
            job.waiting_queue = QUEUE
            insort(self._queue, job.place)
        else:
            self._running += 1
            job.started = self.seconds
            if job.is_probe:
                room.probe_was_accepted(QUEUE)
            self._after(job.service, lambda: self._end(job))
            if not job.is_probe:
                return
        self._request()

    def _end(self, job: Job) -> None:
        self._running -= 1
        seen = self._payers[job.payer]
        self._payers[job.payer] = Unfinished(videos=seen.videos - 1, last_dispatch_at=seen.last_dispatch_at)
        self._after(_SEEN, lambda: self._seen(job))

    def _seen(self, job: Job) -> None:
        self._let_go(job)
        self._request()

    def _let_go(self, job: Job) -> None:
        assert self.held.pop(job.slot) is job

    def _held_numbers(self, _queue: str, *, first: int, last: int) -> set[int]:
        return {n for n in self.held if first <= n <= last}

    def _count(self, _queue: str, *, first: int = 0) -> int:
        return sum(n >= first for n in self.held)

    @contextmanager
    def _patched(self) -> Iterator[None]:
        model = self

        class Datetime(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return model.now().astimezone(tz)

        set_up = SimpleNamespace(wait_scale=1, fairness_seconds=FAIRNESS_SECONDS)
        silent = SimpleNamespace(**dict.fromkeys(("info", "warning", "error", "exception"), lambda *_, **__: None))
        with pytest.MonkeyPatch.context() as patched:
            for module in (room, dispatcher):
                patched.setattr(module, "datetime", Datetime)
                patched.setattr(module, "logger", silent)
            patched.setattr(dispatcher, "time", SimpleNamespace(monotonic=lambda: 0, sleep=_sleep))
            patched.setattr(dispatcher, "take", self._take)
            patched.setattr(execution, "start_next", lambda _job: True)
            patched.setattr(dispatch_trigger, "request", self._request)
            patched.setattr(pause, "is_paused", lambda: False)
            patched.setattr(metrics, "count", lambda *_, **__: None)
            patched.setattr(queues, "every", lambda: [QUEUE])
            patched.setattr(queues, "capacity", lambda _queue: self.capacity)
            patched.setattr(room, "settings", lambda: set_up)
            patched.setattr(quotas, "settings", lambda: set_up)
            patched.setattr(slots, "numbers", self._held_numbers)
            patched.setattr(slots, "count", self._count)
            patched.setattr(slots, "state", self.states.get)
            patched.setattr(slots, "update_state", self.states.update)
            patched.setattr(waiting, "candidates", lambda *_, **__: iter([*self._queue[:60]]))
            patched.setattr(waiting, "read", lambda _queue, it: self._by_id[it.video_id])
            yield


class _Sleep(Exception):  # no error
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


def _sleep(seconds: float) -> None:
    raise _Sleep(seconds)


def fair_waits(jobs: Sequence[Job], *, slots: int) -> list[float]:
    """Return the waits of the same videos without any delay of ours: next is who runs least, then the oldest."""
    running: Counter[int] = Counter()
    queues_of: dict[int, list[Job]] = defaultdict(list)  # by payer, oldest first
    events: list[tuple[float, int, Job | None]] = [(job.created, index, job) for index, job in enumerate(jobs)]
    ends: dict[int, Job] = {}
    heapq.heapify(events)
    free, waits, number = slots, list[float](), len(jobs)
    while events:
        at, index, arrived = heapq.heappop(events)
        if arrived is not None:
            queues_of[arrived.payer].append(arrived)
        else:
            free += 1
            running[ends.pop(index).payer] -= 1
        while free and queues_of:
            payer = min(queues_of, key=lambda it: (running[it], queues_of[it][0].created))
            job = queues_of[payer].pop(0)
            if not queues_of[payer]:
                del queues_of[payer]
            waits.append(at - job.created)
            free, number = free - 1, number + 1
            running[payer] += 1
            ends[number] = job
            heapq.heappush(events, (at + job.service, number, None))
    return waits


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def worst_overtaking(jobs: Sequence[Job]) -> float:
    """Return by how many seconds an older video was passed, among videos whose payers had no other unfinished one."""
    newest, worst = 0.0, 0.0
    for job in sorted((it for it in jobs if it.is_first), key=lambda it: it.taken[-1]):
        worst = max(worst, newest - job.created)
        newest = max(newest, job.created)
    return worst
