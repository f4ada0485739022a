"""An older table gets its indexes one at a time, because CloudFormation changes one per update."""

from typing import Any

import pytest

from local.paths import ROOT
from local.tools.index_step import Index, described, step

TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")
# Of the version whose indexes had all attributes.
OLD = {
    "in_flight": Index(keys=("in_flight_shard", "next_check_at"), projection="KEYS_ONLY"),
    **{f"by_{it}": Index(keys=(f"owner_{it}", "video_id"), projection="ALL") for it in ("status", "type", "model")},
}


def table(text: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))
    properties: dict[str, Any] = yaml.load(text, Loader)["Resources"]["VideosTable"]["Properties"]  # noqa: S506
    return properties


def indexes(text: str) -> dict[str, Index]:
    return described(table(text)["GlobalSecondaryIndexes"])


@pytest.mark.parametrize("start", [OLD, {"in_flight": OLD["in_flight"]}])
def test_each_step_changes_one_index_and_the_last_one_is_the_template(start: dict[str, Index]) -> None:
    deployed, steps = start, 0
    while True:
        text, change = step(TEMPLATE, deployed)
        following = indexes(text)
        if not change:
            break
        differing = {it for it in {*deployed, *following} if deployed.get(it) != following.get(it)}
        assert len(differing) == 1
        assert len(deployed.keys() ^ following.keys()) == 1
        deployed, steps = following, steps + 1
        assert steps < 20

    assert text == TEMPLATE
    assert steps >= 3


def test_each_step_defines_exactly_the_attributes_of_its_keys() -> None:
    deployed = OLD
    for _ in range(6):
        text, _change = step(TEMPLATE, deployed)
        properties = table(text)
        used = {"owner", "video_id", *(key for it in indexes(text).values() for key in it.keys)}

        assert {it["AttributeName"] for it in properties["AttributeDefinitions"]} == used
        deployed = indexes(text)


def test_filters_miss_one_index_at_most() -> None:
    deployed = OLD
    for _ in range(10):
        deployed = indexes(step(TEMPLATE, deployed)[0])

        assert len({"by_status", "by_type", "by_model"} - deployed.keys()) <= 1


def test_step_changes_nothing_but_the_table() -> None:
    text, _ = step(TEMPLATE, OLD)

    before, after = (it.split("  VideosTable:\n")[0] for it in (TEMPLATE, text))
    assert before == after
