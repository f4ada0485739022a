"""Lines of the dispatcher's fairness, which `dispatch.measure` simulates on a virtual clock."""

from tests.bench import dispatch
from tests.bench.lines import Line, at_most, count

_MIXES = {"single": "one video each", "limit20": "up to 20 videos each"}
_CASES = (
    ("one_too_many", "one slot too many", "most", "most_tries"),
    ("ten_times", "ten times too many slots", "most", "most_tries"),
    ("outage", "an hour's outage", "most", "most_tries"),
)


def lines() -> list[Line]:
    found = dispatch.measure()
    waits = [
        at_most(
            2,
            name=f"p99 of the wait to a fair queue's, 106 % load for 6 h, {slots} slots, {people}",
            ours=count(found[f"p99_ratio_{mix}_{slots}"]),
            floor=count(1),
        )
        for mix, people in _MIXES.items()
        for slots in (5, 50)
    ]
    overtaken = at_most(
        60, name="seconds that a younger video started before an older one", ours=count(found["overtaken_seconds"])
    )
    tries = [
        at_most(
            3,
            name=f"submits for a video, {word}, {case_words}",
            ours=count(found[f"{figure}_{case}"]),
            floor=count(1),
        )
        for case, case_words, word, figure in _CASES
    ]
    return [*waits, overtaken, *tries]
