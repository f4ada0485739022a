"""`make cost`: the cost of 1,000 videos and what binds first, computed from the template and measured counts."""

import json
import re
from pathlib import Path

import pytest

from local.tools.cost import __main__, figures, limits, per_video, prices
from tests.bench import report
from tests.bench.lines import at_most, count


def test_a_thousand_videos_cost_at_most_half_a_dollar_with_callbacks() -> None:
    assert prices.total_usd(per_video.items("callbacks")) <= per_video.GOAL_USD


def test_a_thousand_videos_are_what_one_costs_times_a_thousand() -> None:
    assert per_video.usd() * per_video.VIDEOS == pytest.approx(prices.total_usd(per_video.items("callbacks")))


def test_the_measured_counts_are_those_of_the_benchmarks_document() -> None:
    transitions = next(it for it in per_video.items("polling") if it.name == "Step Functions transitions")
    line = next(
        it for it in report.DOCUMENT.read_text().splitlines() if it.startswith("| state transitions, polling (kling")
    )

    assert f" {transitions.count / per_video.VIDEOS:.3g} " in line


def test_every_function_that_costs_is_in_the_template() -> None:
    functions = [it for way in per_video.WAYS for it in per_video.invocations(way)]

    assert all(it.gb_seconds > 0 for it in functions if it.count)


def test_more_memory_costs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    before = per_video.usd()
    monkeypatch.setitem(figures.template()["Resources"]["SaveVideoFunction"]["Properties"], "MemorySize", 3008)

    assert per_video.usd() > before * 1.2


def test_a_higher_throttle_lifts_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = figures.template()["Resources"]["HttpApi"]["Properties"]["DefaultRouteSettings"]
    assert "requests a second on all routes" in limits.first(1_000_000)

    monkeypatch.setitem(settings, "ThrottlingRateLimit", 2000)

    assert "requests a second on all routes" not in limits.first(1_000_000)


def test_the_configured_capacity_of_the_provider_binds_first() -> None:
    provider = figures.default_model().provider

    assert all("videos at the provider" in limits.first(it)[0] for it in limits.VIDEOS_A_DAY[1:])
    assert f"{provider}={limits.limits()[3].allowed:.0f}" in figures.default("ProviderCapacity").split(",")


def test_limits_that_bind_at_a_size_bind_at_every_larger_one() -> None:
    binding = [set(limits.first(it)) for it in limits.VIDEOS_A_DAY]

    assert binding[0] <= binding[1] <= binding[2]


def test_the_benchmark_writes_each_line_for_the_calculation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FIGURES", tmp_path / "figures.json")

    report.write_figures([at_most(5, name="AWS calls: list", ours=count(1))])

    assert json.loads((tmp_path / "figures.json").read_text()) == {"AWS calls: list": 1}


def test_the_target_prints_cost_and_limits(capsys: pytest.CaptureFixture[str]) -> None:
    __main__.main()

    printed = capsys.readouterr().out
    assert per_video.comparison() in printed
    assert limits.rows() in printed
    assert not re.search(r"\de[+-]\d", printed)
