"""How fair the dispatcher is: waits against a fair queue without delays, overtaking and tries, on a virtual clock."""

import random
from collections.abc import Callable

from tests.dispatch_model import Job, Model, arrivals, fair_waits, percentile, worst_overtaking

OUTAGE = range(7200, 10800)  # seconds, of the provider


def measure(*, seeds: int = 3, slots: tuple[int, ...] = (5, 50)) -> dict[str, float]:
    """Return the worst figures over the seeds.

    `p99_ratio_<mix>_<slots>`: the p99 of the wait at 106 % load for six hours, to a fair queue's with the same videos.
    `overtaken_seconds`: by how much a younger video started before an older one, among first videos.
    `tries_<case>` and `most_tries_<case>`: submits for each video, mean and worst. The provider runs one video less
    than configured, a tenth of that, or none for an hour.
    """
    figures: dict[str, float] = {"overtaken_seconds": 0}
    for seed in range(1, seeds + 1):
        for count in slots:
            for mix in ("single", "limit20"):
                jobs = simulated(seed, mix=mix, slots=count, load=1.06)
                ratio = percentile([it.wait for it in jobs], 99) / percentile(fair_waits(jobs, slots=count), 99)
                _raise(figures, f"p99_ratio_{mix}_{count}", ratio)
                _raise(figures, "overtaken_seconds", worst_overtaking(jobs))
        for name, jobs in busy_provider(seed).items():
            _raise(figures, f"tries_{name}", mean_tries(jobs))
            _raise(figures, f"most_tries_{name}", max(it.tries for it in jobs))
            if name != "outage":
                _raise(figures, "overtaken_seconds", worst_overtaking(jobs))
    return figures


def simulated(
    seed: int,
    *,
    mix: str,
    slots: int,
    load: float,
    hours: float = 6,
    capacity: int | None = None,
    runs: Callable[[float], int] | None = None,
) -> list[Job]:
    """Return the videos of a run. Without `capacity` and `runs`, the provider runs as many as there are slots."""
    rng = random.Random(seed)
    requests = arrivals(rng, mix=mix, slots=slots, load=load, hours=hours)
    model = Model(rng, capacity=capacity or slots, runs=runs or (lambda _: slots))
    jobs = model.run(requests)
    assert model.most_held <= model.capacity
    return jobs


def busy_provider(seed: int) -> dict[str, list[Job]]:
    """Return runs with a provider that does not run as many videos as configured."""
    return {
        "one_too_many": simulated(seed, mix="limit20", slots=5, load=0.96, capacity=6, runs=lambda _: 5),
        "ten_times": simulated(seed, mix="limit20", slots=5, load=0.96, capacity=50, runs=lambda _: 5),
        "outage": simulated(seed, mix="limit20", slots=5, load=0.7, runs=lambda at: 0 if int(at) in OUTAGE else 5),
    }


def mean_tries(jobs: list[Job]) -> float:
    return sum(it.tries for it in jobs) / len(jobs)


def _raise(figures: dict[str, float], name: str, value: float) -> None:
    figures[name] = max(figures.get(name, 0), value)
