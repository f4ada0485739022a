"""Lines of the local stack. `local_stack.measure` runs it as `make run` does."""

from tests.bench import local_stack
from tests.bench.lines import Line, at_most, count, shown


def lines() -> list[Line]:
    found = local_stack.measure()
    return [
        at_most(5, name="local stack: ready, CPU seconds", ours=count(found["ready_cpu_s"])),
        shown(name="local stack: memory when ready, MB", ours=count(found["ready_rss_mb"]), baselines={}),
        shown(name="local stack: GET video, CPU ms", ours=count(found["get_cpu_ms"]), baselines={}),
        at_most(30, name="local stack: list of 20 out of 1,001, CPU ms", ours=count(found["list_cpu_ms"])),
        at_most(
            5,
            name="local stack: the last of 20 creates at once on busy cores, seconds",
            ours=count(found["posts_worst_s"]),
        ),
    ]
