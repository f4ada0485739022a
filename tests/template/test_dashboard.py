"""The dashboard is valid and shows metrics that the code counts, of resources that exist."""

import ast
import json
import re
from typing import Any

from local.paths import ROOT


def _counted() -> set[str]:
    """Return the names in each call of `metrics.count` and `metrics.measure` in the package."""
    names: set[str] = set()
    for file in (ROOT / "layers/keepreel/python/keepreel").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="metrics")), args=[ast.Constant(str(name)), *_]):
                    names.add(name)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="metrics")), args=[ast.Dict(keys=keys), *_]):
                    names.update(str(key.value) for key in keys if isinstance(key, ast.Constant))
    return names


def test_dashboard_shows_every_metric_that_the_code_counts(source: dict[str, Any]) -> None:
    body, tables = source["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    names = {it.partition(".")[0] for it in re.findall(r"\$\{(\w+(?:\.\w+)?)\}", body)}

    widgets = json.loads(re.sub(r"\$\{[\w.:]+\}", "x", body))["widgets"]

    shown = str([it["properties"]["metrics"] for it in widgets])
    assert {it for it in _counted() if it not in shown} == set()
    assert names <= source["Resources"].keys() | tables.keys() | {"AWS", "Stage"}
    assert len({it["properties"]["title"] for it in widgets}) == len(widgets)


def test_alarms_watch_metrics_that_the_code_counts(source: dict[str, Any]) -> None:
    alarms = [it["Properties"] for it in source["Resources"].values() if it["Type"] == "AWS::CloudWatch::Alarm"]
    watched = [it["MetricStat"]["Metric"] for alarm in alarms for it in alarm.get("Metrics", []) if "MetricStat" in it]

    own = {it["MetricName"] for it in [*alarms, *watched] if it.get("Namespace") == "Keepreel"}

    assert own <= _counted()
