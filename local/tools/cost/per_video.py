"""What AWS charges for 1,000 videos, by part, without storage and delivery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local.tools.cost import figures, prices
from local.tools.cost.prices import Item
from local.tools.markdown import table

VIDEOS = 1000
GOAL_USD = 0.50  # for 1,000 videos, with callbacks
WAYS = ("callbacks", "polling")


@dataclass(frozen=True)
class Invocation:
    """How often a function runs for one video, and how long. A duration is an estimate: our code and calls of AWS take
    some milliseconds, a provider's response and a download take most of the time."""

    function: str
    count: float
    seconds: float

    @property
    def gb_seconds(self) -> float:
        return self.count * self.seconds * figures.memory_gb(self.function)


def invocations(way: str) -> tuple[Invocation, ...]:
    """Return the invocations for one video, from its request on the page to the completed file."""
    polls = 1 if way == "callbacks" else figures.of_workflow("polls", way="polling")
    return (
        Invocation("GenerateVideoFunction", 1, 0.2),
        Invocation("DispatchVideosFunction", 2, 0.1),  # after the request, and after the slot's release
        Invocation("SubmitVideoFunction", 1, 1.5),
        Invocation("AwaitResultFunction", polls, 0.05),
        Invocation("ProviderCallbackFunction", 1 if way == "callbacks" else 0, 0.05),
        Invocation("PollProviderFunction", polls, 0.5),
        Invocation("SaveVideoFunction", 1, 5),
        Invocation("LibraryFunction", figures.page_reads(), 0.03),
    )


def api_requests() -> float:
    """Return the requests to the API for one video: its creation, the page's status reads, and its download."""
    return 1 + figures.page_reads() + 1


def busy_seconds(way: str) -> float:
    """Return how long functions run for one video, all together."""
    return sum(it.count * it.seconds for it in invocations(way))


def items(way: str) -> tuple[Item, ...]:
    """Return what AWS counts for 1,000 videos; `way` is `callbacks` or `polling`."""
    functions = invocations(way)
    requests = sum(it.count for it in functions)
    callbacks = 1 if way == "callbacks" else 0
    per_video = (
        Item(
            "Step Functions transitions",
            figures.of_workflow("state transitions", way=way),
            prices.TRANSITION,
            "measured",
        ),
        Item("Lambda GB-seconds", sum(it.gb_seconds for it in functions), prices.LAMBDA_GB_SECOND, _longest(functions)),
        Item("Lambda requests", requests, prices.LAMBDA_REQUEST, "counted"),
        Item("X-Ray traces", requests, prices.TRACE, "if every request is sampled"),
        Item("DynamoDB write units", figures.measured("write units: a video's life"), prices.WRITE_UNIT, "measured"),
        Item("DynamoDB read units", 2 * requests, prices.READ_UNIT, "two for each invocation"),
        Item("HTTP API requests", api_requests() + callbacks, prices.HTTP_API_REQUEST, "create, status, download"),
        Item("CloudWatch log GB", 50e3 / 1e9, prices.LOG_GB, "about 50 kB a video"),
        Item("S3 PUT requests", 3, prices.S3_PUT, "video, thumbnail, credential report"),
        Item("EventBridge events", 1, prices.EVENT, "`VideoCompleted`"),
    )
    return tuple(Item(it.name, it.count * VIDEOS, it.unit_price_usd, it.basis) for it in per_video)


def comparison() -> str:
    """Return a table of both ways, part by part."""
    columns = {way: items(way) for way in WAYS}
    rows = [
        (first.name, _count(first.count), _count(second.count), _usd(first.usd), _usd(second.usd), first.basis)
        for first, second in zip(*columns.values(), strict=True)
    ]
    totals = [f"**{_usd(prices.total_usd(it))}**" for it in columns.values()]
    names = (
        "what, for 1,000 videos",
        "with callbacks",
        "by polling",
        "cost with callbacks",
        "cost by polling",
        "basis",
    )
    return table(names, [*rows, ("**Total**", "", "", *totals, "")])


def usd(way: str = "callbacks") -> float:
    """Return what one video costs."""
    return prices.total_usd(items(way)) / VIDEOS


def _longest(functions: Sequence[Invocation]) -> str:
    longest: Iterable[Invocation] = sorted(functions, key=lambda it: it.gb_seconds, reverse=True)
    names = [f"{it.function.removesuffix('Function')} {it.gb_seconds:.2g}" for it in longest]
    return f"estimated durations; GB-seconds a video: {', '.join(names[:3])}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _usd(value: float) -> str:
    return f"${value:.3f}"
