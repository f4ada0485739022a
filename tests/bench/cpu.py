"""CPU of cold starts and warm requests: each handler in a fresh process, all of them in turn in each round."""

import json
import os
import subprocess
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from local.paths import ROOT
from tests.bench import api_events, cpu_child
from tests.bench.lines import Line, Sample, at_most_times
from tests.bench.lives import BODY
from tests.bench.operations import BROWSER
from tests.bench.world import World

PACKAGES = ROOT / ".keepreel/bench/packages"
_WARM_EVENTS = 25
_OURS, _FASTAPI, _POWERTOOLS, _BARE = "ours", "FastAPI + Mangum", "Powertools + Tracer, eager clients", "botocore"
_BASELINES = "tests.bench.baselines."
_MODULES = {_FASTAPI: "fastapi_app", _POWERTOOLS: "powertools_app", _BARE: "bare"}


@dataclass(frozen=True)
class Route:
    """The folder of our function, the status of its response, and new requests."""

    folder: str
    status: int
    events: Callable[[], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Times:
    """CPU milliseconds by route and variant."""

    cold: Mapping[tuple[str, str], Sample]
    warm: Mapping[tuple[str, str], Sample]
    is_page_without_boto: bool


def lines(world: World, *, rounds: int) -> list[Line]:
    times = _measure(world, rounds=rounds)
    return [*_cold_lines(times), *_warm_lines(times)]


def _cold_lines(times: Times) -> list[Line]:
    made = []
    for route, limit, name in (
        ("get", 1.25, "GET video"),
        ("post", 1.91, "POST create"),
        ("list", 1.4, "list of 20"),
        ("share", 1.4, "share page"),
    ):
        typical = {it: times.cold[route, it] for it in (_POWERTOOLS, _FASTAPI) if (route, it) in times.cold}
        made.append(
            at_most_times(
                limit,
                "floor",
                name=f"cold start: {name}, CPU ms",
                ours=times.cold[route, _OURS],
                baselines=typical,
                floor=times.cold[route, _BARE],
            )
        )
    page, floor = times.cold["page", _OURS], times.cold["page", _BARE]
    is_met = times.is_page_without_boto
    return [
        *made,
        Line(
            name="cold start: GET /, CPU ms",
            ours=page,
            baselines={_FASTAPI: times.cold["page", _FASTAPI]},
            floor=floor,
            ratio=page.over(floor),
            goal="boto is not imported",
            is_met=is_met,
        ),
    ]


def _warm_lines(times: Times) -> list[Line]:
    return [
        at_most_times(
            limit,
            _FASTAPI,
            name=f"warm request: {name}, CPU ms",
            ours=times.warm[route, _OURS],
            baselines={_FASTAPI: times.warm[route, _FASTAPI]},
            floor=times.warm[route, _BARE],
        )
        for route, limit, name in (
            ("get", 0.6, "GET video"),
            ("list", 0.75, "list of 20"),
            ("post", 0.6, "POST create"),
        )
    ]


def _measure(world: World, *, rounds: int) -> Times:
    routes = _routes(world)
    cold: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    warm: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    has_boto = False
    variants = [(route, it) for route in routes for it in (_OURS, _FASTAPI, _BARE)]
    variants += [(route, _POWERTOOLS) for route in ("get", "post")]
    with TemporaryDirectory() as folder:
        for round in range(rounds + 1):
            for route, variant in variants:
                is_cold_only = round == 0 or variant == _POWERTOOLS
                events = routes[route].events()[: 1 if is_cold_only else None]
                found = _run(routes[route], variant, route_name=route, events=events, folder=Path(folder))
                has_boto |= found["has_boto"] and (route, variant) == ("page", _OURS)
                if round:  # the first round compiles the modules
                    cold[route, variant].append(found["cold"])
                    warm[route, variant].append(found["warm"])
    return Times(
        cold={it: Sample(values) for it, values in cold.items()},
        warm={it: Sample(values) for it, values in warm.items()},
        is_page_without_boto=not has_boto,
    )


def _routes(world: World) -> dict[str, Route]:
    path, times = f"/v1/videos/{world.video.video_id}", 1 + cpu_child.WARM_UP + _WARM_EVENTS
    get = api_events.event("GET", path, user=world.user)
    page = api_events.event("GET", "/v1/videos", user=world.user, query={"limit": "20"})
    share = api_events.event("GET", f"/s/{world.share_token}", headers=BROWSER)

    def posts() -> list[dict[str, Any]]:
        return [api_events.event("POST", "/v1/videos", user=str(uuid4()), body=BODY) for _ in range(times)]

    return {
        "get": Route("check_video_status", 200, lambda: [get] * times),
        "list": Route("library", 200, lambda: [page] * times),
        "post": Route("generate_video", 202, posts),
        "share": Route("shared_video", 200, lambda: [share] * 2),
        "page": Route("web", 200, lambda: [api_events.event("GET", "/")] * 2),
    }


def _run(
    route: Route, variant: str, *, route_name: str, events: Sequence[Mapping[str, Any]], folder: Path
) -> dict[str, Any]:
    path = folder / "events.json"
    path.write_text(json.dumps(list(events)))
    site, package = Path(sysconfig.get_path("purelib")), ROOT / "layers/keepreel/python"
    if variant == _OURS:
        module, paths = "app", [ROOT / "functions" / route.folder, package, site]
    else:
        name = "bare_page" if (route_name, variant) == ("page", _BARE) else _MODULES[variant]
        module, paths = _BASELINES + name, [ROOT, PACKAGES, package, site]
    child = str(ROOT / "tests/bench/cpu_child.py")
    command = [sys.executable, "-S", "-P", child, module, str(path), str(route.status)]
    done = subprocess.run(command, env=_environment(paths), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{variant}, {route_name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _environment(paths: Sequence[Path]) -> dict[str, str]:
    """Return the functions' variables and those of Lambda, which switch Powertools' tracer on."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {
        **own,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "LAMBDA_TASK_ROOT": str(paths[0]),
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
