"""What binds first as the number of videos grows: limits of the template, AWS and providers, and what lifts them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keepreel.db.tables import IN_FLIGHT_SHARDS
from keepreel.models import queues
from local.tools.cost import figures, per_video
from local.tools.markdown import table

VIDEOS_A_DAY = (1_000, 100_000, 1_000_000)
PEAK = 5  # the busiest hours, as a multiple of the day's average
_DAY_SECONDS = 24 * 60 * 60
_SLOT_BYTES = 200
_READ_UNIT_BYTES = 4096
_PAUSE_READ_SECONDS = 60  # after which an instance reads the pause switch again


@dataclass(frozen=True)
class Limit:
    """A limit, and what a number of videos per second needs of it."""

    name: str
    allowed: float
    needed: Callable[[float], float]
    lifted_by: str

    def binds(self, rate: float) -> bool:
        return self.needed(rate) > self.allowed


def peak_rate(videos_a_day: float) -> float:
    """Return the videos per second in the busiest hours."""
    return videos_a_day / _DAY_SECONDS * PEAK


def limits() -> tuple[Limit, ...]:
    """Return the limits, in the order in which a request meets them. Quotas of AWS are the defaults of US East."""
    api = figures.template()["Resources"]["HttpApi"]["Properties"]
    transitions = figures.of_workflow("state transitions", way="callbacks")
    polling = figures.of_workflow("state transitions", way="polling")
    model = figures.default_model()
    usual_seconds = model.usual_seconds[1]
    return (
        Limit(
            "requests a second on all routes",
            _rate(api["DefaultRouteSettings"]),
            lambda rate: rate * per_video.api_requests(),
            "a higher throttle in the template, up to the account's 10,000; then AWS",
        ),
        Limit(
            "`POST /v1/videos` a second",
            _rate(api["RouteSettings"]["POST /v1/videos"]),
            lambda rate: rate,
            "a higher throttle in the template",
        ),
        Limit(
            "requests a second against `GlobalDailySpendLimitCents`, if set",
            20 * float(figures.default("GlobalSpendShards")),
            lambda rate: rate,
            "`GlobalSpendShards`: 20 requests a second for each",
        ),
        Limit(
            f"videos at the provider at once (`{model.id}`)",
            _capacity(queues.queue_of(model.id)),
            lambda rate: rate * usual_seconds,
            "a larger contract and `ProviderCapacity`; videos wait in a fair queue meanwhile",
        ),
        Limit(
            "functions at once, new account",
            10,
            lambda rate: rate * per_video.busy_seconds("callbacks"),
            "AWS (Service Quotas, Lambda, concurrent executions)",
        ),
        Limit(
            "functions at once, usual account",
            1000,
            lambda rate: rate * per_video.busy_seconds("callbacks"),
            "AWS, the same quota",
        ),
        Limit("workflows started a second", 300, lambda rate: rate, "AWS (Service Quotas, Step Functions)"),
        Limit(
            "transitions a second, callbacks", 5000, lambda rate: rate * transitions, "the same; 800 in small regions"
        ),
        Limit("transitions a second, polling", 5000, lambda rate: rate * polling, "the same; or callbacks"),
        Limit(
            "write units a second, new tables",
            4000,
            lambda rate: rate * figures.measured("write units: a video's life"),
            "nothing to do: tables double their peak within 30 minutes; or warm throughput",
        ),
        Limit(
            "write units a second of a partition: slots of one queue",
            1000,
            lambda rate: rate * 4,
            "a second account at the provider, as a provider of its own",
        ),
        Limit(
            f"write units a second of a partition: one of {IN_FLIGHT_SHARDS} shards of unfinished videos",
            1000,
            lambda rate: rate * 6 / IN_FLIGHT_SHARDS,
            "more shards (`IN_FLIGHT_SHARDS` in `db/tables.py`)",
        ),
        Limit(
            "read units a second of a partition: slots of one queue",
            3000,
            lambda rate: 2 * rate * max(1.0, rate * usual_seconds * _SLOT_BYTES / _READ_UNIT_BYTES),
            "a second account at the provider; or a dispatcher that runs once for many videos",
        ),
        Limit(
            "parameters read a second (Systems Manager)",
            40,
            lambda rate: rate * per_video.busy_seconds("callbacks") / _PAUSE_READ_SECONDS,
            "higher throughput in Systems Manager's settings",
        ),
    )


def rows() -> str:
    """Return a table: what each limit allows, and what each number of videos needs."""
    columns = ("limit", "allowed", *(f"{it:,} a day" for it in VIDEOS_A_DAY), "lifted by")
    return table(
        columns,
        [(it.name, f"{it.allowed:,.0f}", *(_needed(it, day) for day in VIDEOS_A_DAY), it.lifted_by) for it in limits()],
    )


def first(videos_a_day: int) -> list[str]:
    """Return the limits that bind, the most exceeded first."""
    rate = peak_rate(videos_a_day)
    binding = [it for it in limits() if it.binds(rate)]
    return [it.name for it in sorted(binding, key=lambda it: it.needed(rate) / it.allowed, reverse=True)]


def summary() -> str:
    """Return one sentence for each number of videos."""
    return "\n".join(f"- {day:,} videos a day: {_sentence(first(day))}" for day in VIDEOS_A_DAY)


def _sentence(names: list[str]) -> str:
    if not names:
        return "nothing binds."
    rest = f" Then: {'; '.join(names[1:])}." if names[1:] else ""
    return f"{names[0]} binds first.{rest}"


def _needed(limit: Limit, videos_a_day: int) -> str:
    rate = peak_rate(videos_a_day)
    text = f"{limit.needed(rate):,.3g}" if limit.needed(rate) < 1000 else f"{limit.needed(rate):,.0f}"
    return f"**{text}**" if limit.binds(rate) else text


def _rate(settings: dict[str, Any]) -> float:
    return float(figures.resolved(settings["ThrottlingRateLimit"]))


def _capacity(queue: str) -> float:
    pairs: dict[str, str] = dict(
        it.strip().rpartition("=")[::2] for it in figures.default("ProviderCapacity").split(",")
    )
    return float(pairs.get(queue) or pairs[queue.partition("#")[0]])
