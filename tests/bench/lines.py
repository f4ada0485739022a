"""A line of the table: what is typical, ours, their ratio, the floor and the goal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Sample:
    """Values of repeated measurements, or one count."""

    values: Sequence[float]
    unit: str = ""

    @property
    def value(self) -> float:
        return median(self.values)

    def text(self) -> str:
        shown = f"{_number(self.value)}{self.unit}"
        low, high = min(self.values), max(self.values)
        return shown if low == high else f"{shown} ({_number(low)} to {_number(high)})"

    def over(self, other: "Sample") -> "Sample":
        """Return the ratio of each pair: both were measured in the same round, so a busy machine slows both."""
        return Sample([mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)])


def count(value: float, unit: str = "") -> Sample:
    return Sample([value], unit)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row. `ratio` is ours to the first baseline, or to the floor if the goal says so."""

    name: str
    ours: Sample
    baselines: dict[str, Sample] = field(default_factory=dict)
    floor: Sample | None = None
    goal: str
    is_met: bool
    ratio: Sample | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the goal is missed, or a typical way does better."""
        return not self.is_met or any(it.value < self.ours.value for it in self.baselines.values())

    @property
    def verdict(self) -> str:
        return "" if not self.goal else "yes" if self.is_met else "**no**"

    def cells(self) -> tuple[str, ...]:
        baselines = "; ".join(f"{name} {it.text()}".strip() for name, it in self.baselines.items())
        optional = [it.text() if it is not None else "" for it in (self.ratio, self.floor)]
        return (self.name, baselines, self.ours.text(), *optional, self.goal, self.verdict)


def at_most(
    limit: float,
    *,
    name: str,
    ours: Sample,
    goal: str = "",
    baselines: dict[str, Sample] | None = None,
    floor: Sample | None = None,
) -> Line:
    """Return a line whose goal is a number of its own unit."""
    ratio = None
    if baselines:
        first = next(iter(baselines.values()))
        ratio = ours.over(first) if len(first.values) == len(ours.values) and min(first.values) > 0 else None
    return Line(
        name=name,
        ours=ours,
        baselines=baselines or {},
        floor=floor,
        goal=goal or f"≤ {_number(limit)}{ours.unit}",
        is_met=_is_at_most(ours.value, limit),
        ratio=ratio,
    )


def shown(*, name: str, ours: Sample, baselines: dict[str, Sample]) -> Line:
    """Return a line without a goal."""
    return Line(name=name, ours=ours, baselines=baselines, goal="", is_met=True)


def at_most_times(
    limit: float,
    of: str,
    *,
    name: str,
    ours: Sample,
    baselines: dict[str, Sample],
    floor: Sample,
) -> Line:
    """Return a line whose goal is a ratio to the floor or to a baseline, measured in the same rounds."""
    ratio = ours.over(floor if of == "floor" else baselines[of])
    return Line(
        name=name,
        ours=ours,
        baselines=baselines,
        floor=floor,
        goal=f"≤ {_number(limit)} × {of}",
        is_met=_is_at_most(ratio.value, limit),
        ratio=ratio,
    )


Section = Callable[[], Sequence[Line]]


def _is_at_most(value: float, limit: float) -> bool:
    """Compare what the table shows: three digits."""
    return float(f"{value:.3g}") <= limit


def _number(value: float) -> str:
    if value == int(value) and abs(value) >= 1:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
