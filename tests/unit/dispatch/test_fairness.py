"""Fairness of the dispatcher over hours of overload, on a virtual clock: waits, overtaking and tries."""

import random
from itertools import pairwise

import pytest

from local.paths import ROOT
from tests.bench.dispatch import OUTAGE, busy_provider, mean_tries, simulated
from tests.dispatch_model import FAIRNESS_SECONDS, Model, fair_waits, percentile, worst_overtaking

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mix", ["single", "limit20"])
def test_waits_at_106_percent_load_are_at_most_twice_a_fair_queues(mix: str, seed: int) -> None:
    jobs = simulated(seed, mix=mix, slots=5, load=1.06)

    assert percentile([it.wait for it in jobs], 99) <= 2 * percentile(fair_waits(jobs, slots=5), 99)
    assert worst_overtaking(jobs) <= 60
    assert max(it.tries for it in jobs) == 1


def test_fifty_slots_are_as_fair() -> None:
    jobs = simulated(3, mix="limit20", slots=50, load=1.06, hours=3)

    assert percentile([it.wait for it in jobs], 99) <= 2 * percentile(fair_waits(jobs, slots=50), 99)
    assert worst_overtaking(jobs) <= 60


@pytest.mark.parametrize("seed", SEEDS)
def test_provider_that_runs_fewer_videos_than_configured_costs_few_tries(seed: int) -> None:
    runs = busy_provider(seed)

    for name in ("one_too_many", "ten_times"):
        assert (max(it.tries for it in runs[name]) <= 3, worst_overtaking(runs[name]) <= 60) == (True, True), name
    assert mean_tries(runs["outage"]) <= 1.2
    assert max(it.tries for it in runs["outage"]) <= 3
    assert sum(it.tries - 1 for it in runs["outage"]) <= 5 + 10 + len(OUTAGE) / 300  # sent before the pause, and probes
    assert percentile([it.wait for it in runs["outage"]], 100) < 6 * 3600


def test_burst_at_a_provider_that_runs_four_of_a_hundred() -> None:
    jobs = Model(random.Random(1), capacity=100, runs=lambda _: 4).run([(n / 50, 1) for n in range(100)])

    assert max(it.tries for it in jobs) <= 3


def test_capacity_is_used_again_soon_after_an_outage() -> None:
    jobs = simulated(
        3, mix="single", slots=20, load=0.9, hours=4, runs=lambda at: 0 if int(at) in range(3600, 7200) else 20
    )

    running = sum(it.started <= 7200 + 420 < it.started + it.service for it in jobs if it.started)
    assert running >= 17  # after the longest pause of 300 s, and two minutes more


@pytest.mark.parametrize("slots", [1, 5])
def test_first_video_waits_only_for_running_ones_when_another_payer_has_twenty_waiting(slots: int) -> None:
    model = Model(random.Random(1), capacity=slots, runs=lambda _: slots)

    *others, first = model.run([(0, 20), (60, 1)])

    assert [it for it in others if first.created < it.taken[0] < first.taken[0]] == []


def test_videos_of_one_payer_start_in_the_order_of_their_places() -> None:
    jobs = Model(random.Random(1), capacity=2, runs=lambda _: 2).run([(0, 6), (30, 6)])

    for payer in (0, 1):
        own = [it for it in jobs if it.payer == payer]
        assert all(a.taken[0] < b.taken[0] or a.taken == b.taken for a, b in pairwise(own))
        gaps = [(b.dispatch_at - a.dispatch_at).total_seconds() for a, b in pairwise(own)]
        assert gaps == [FAIRNESS_SECONDS] * 5


@pytest.mark.parametrize("lost", [0.1, 1])
def test_lost_calls_of_the_dispatcher_cost_a_minute(lost: float) -> None:
    requests = [(n * 60.0, 1) for n in range(60)]  # 32 % load

    jobs = Model(random.Random(1), capacity=5, runs=lambda _: 5, lost=lost).run(requests)

    assert max(it.wait for it in jobs) <= 60 + 2


def test_model_uses_the_default_of_the_template() -> None:
    assert f"FairnessSeconds: {{ Type: Number, Default: {FAIRNESS_SECONDS}," in (ROOT / "template.yaml").read_text()
