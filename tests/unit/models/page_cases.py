"""Cases that the page and the server must judge alike: which rules a request breaks, and what it costs.

`python -m tests.unit.models.page_cases` writes them to tests/page/model-cases.json, which the page's tests read.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, cast

from keepreel.models import rules
from keepreel.models.model import Flow, Limits, Model, Option, Price, Rule, delivered
from keepreel.models.options import Options, Shot

FILE = Path(__file__).parents[2] / "page/model-cases.json"

_SOUND = {"sound": (True,)}
_END = {"end_image": (True,)}
_FULL_HD = {"resolution": ("1080p",)}


def _model(id: str, **fields: Any) -> Model:
    common: dict[str, Any] = {
        "name": id.capitalize(),
        "provider": "kling",
        "provider_model": id,
        "flows": ("image", "text"),
        "aspect_ratios": ("1:1", "16:9"),
        "limits": Limits(max_seed=1000),
        "usual_seconds": (10, 20),
    }
    return Model(id=id, **(common | fields))


MODELS = (
    _model(
        "sound",
        durations=(5, 10),
        resolutions=("720p", "1080p"),
        options={"sound": Option(default=False), "end_image": Option(), "negative_prompt": Option()},
        rules=(
            Rule(when=_SOUND, needs=_FULL_HD),
            Rule(when=_END, needs=_FULL_HD),
            Rule(when=_END, needs={"sound": (False,)}),
            Rule(when=_END, needs={"flow": ("image",)}),
        ),
        prices=(
            Price(when={"resolution": "720p"}, usd_per_second=0.042),
            Price(when={"resolution": "1080p", "sound": True}, usd_per_second=0.14),
            Price(when={"resolution": "1080p"}, usd_per_second=0.07),
        ),
    ),
    _model(
        "shots",
        durations=(3, 5, 7),
        resolutions=("720p", "4k"),
        options={"shots": Option(maximum=6, max_chars=512), "end_image": Option(), "seed": Option()},
        rules=(
            Rule(when={"shots": (True,)}, needs={"end_image": (False,)}),
            Rule(when={"flow": ("image",), "end_image": (False,)}, needs={"duration_seconds": (5, 7)}),
            Rule(when={"resolution": ("4k",)}, needs={"duration_seconds": (3, 5)}),
            Rule(when=_END, needs={"flow": ("image",)}),
        ),
        prices=(Price(when={"shots": True}, usd_per_second=0.0561), Price(usd_per_second=0.05)),
    ),
    _model(
        "video",
        durations=(5,),
        resolutions=("1080p",),
        delivers="720p",
        options={"sound": Option(default=True, is_fixed=True), "seed": Option()},
        rules=(),
        prices=(Price(when={"resolution": "720p"}, usd_per_video=0.5625), Price(usd_per_video=0.9)),
    ),
)


def cases() -> dict[str, Any]:
    """Return the models as the API describes them, and every combination of their values with the server's verdict."""
    return {
        "models": [_as_json(model) for model in MODELS],
        "cases": [case for model in MODELS for case in _cases_of(model)],
    }


def _as_json(model: Model) -> dict[str, Any]:
    names = ("id", "name", "flows", "options", "rules", "prices", "delivers")
    fields = {name: value for name, value in asdict(model).items() if name in names}
    return {
        **fields,
        "duration_seconds": model.durations,
        "aspect_ratios": model.aspect_ratios,
        "resolutions": model.resolutions,
        "default_for": [],
    }


def _cases_of(model: Model) -> Iterator[dict[str, Any]]:
    samples: dict[str, tuple[Any, Any]] = {
        "sound": (False, True),
        "end_image": (None, "upload:1"),
        "shots": (None, [{"prompt": "A", "duration_seconds": 2}]),
        "negative_prompt": (None, "rain"),
        "seed": (None, 7),
    }
    names = [name for name in samples if name in model.options]
    choices: list[tuple[Any, ...]] = [model.flows, model.durations, model.resolutions]
    for flow, seconds, resolution, *values in product(*choices, *(samples[name] for name in names)):
        format = {"duration_seconds": seconds, "aspect_ratio": "1:1", "resolution": resolution}
        fields = dict(zip(names, values, strict=True))
        yield {"model": model.id, "flow": flow, "fields": {**format, **fields}, **_verdict(model, flow, format, fields)}


def _verdict(model: Model, flow: str, format: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    options = {name: value for name, value in fields.items() if name not in ("negative_prompt", "seed")}
    if options.get("shots"):
        options["shots"] = tuple(Shot(**shot) for shot in options["shots"])
    values = rules.values_of(
        flow=cast("Flow", flow),
        format=format,
        options=Options(**{name: value for name, value in options.items() if value is not None}),
        negative_prompt=fields.get("negative_prompt"),
        seed=fields.get("seed"),
    )
    broken = rules.rule_violations(model, values, sent=(), wrong=())
    return {"broken": len(broken), "cents": model.estimated_cost_cents(delivered(model, values))}


def text() -> str:
    """Return the file's content: one case per line, so that a change of one case is a change of one line."""
    content = cases()
    lines = [json.dumps(case) for case in content["cases"]]
    models = json.dumps(content["models"], indent=2)
    return '{"models": ' + models + ',\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
