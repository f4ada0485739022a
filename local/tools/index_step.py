"""Print the template with at most one index changed, because CloudFormation changes one index per update."""

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import yaml

from local.paths import ROOT
from local.tools import account_errors

_TABLE = re.compile(r"(?ms)^  VideosTable:\n.*?(?=^  \w)")
_ENTRY = re.compile(r"(?m)^        - IndexName: (\w+)\n(?:          .*\n)+")
_PROJECTION = re.compile(r"(?m)^          Projection: .*$")


@dataclass(frozen=True, kw_only=True)
class Index:
    """The part of an index that an update cannot change."""

    keys: tuple[str, ...]
    projection: str  # KEYS_ONLY or ALL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, help="the deployed table of videos")
    arguments = parser.parse_args()
    with account_errors.one_line("--table is the videos' table of a stack in this account and region."):
        found = boto3.client("dynamodb").describe_table(TableName=arguments.table)["Table"]
    indexes: Any = found.get("GlobalSecondaryIndexes", ())
    text, change = step((ROOT / "template.yaml").read_text(encoding="utf-8"), described(indexes))
    print(change or "All indexes are as in template.yaml.", file=sys.stderr)
    print(text, end="")


def step(template: str, deployed: Mapping[str, Index]) -> tuple[str, str]:
    """Return the template with the deployed indexes and one change, and the change; "" if none is left.

    An index is added before the next one is removed, so at most one is missing at a time.
    """
    table = _TABLE.search(template)
    if table is None:
        raise ValueError("template.yaml has no VideosTable")
    texts = {entry[1]: entry[0] for entry in _ENTRY.finditer(table[0])}
    wanted = {name: _parsed(text) for name, text in texts.items()}
    missing = next((name for name in wanted if name not in deployed), None)
    outdated = next((name for name, index in deployed.items() if wanted.get(name) != index), None)
    if missing:
        kept, change = {*deployed, missing}, f"Adds the index {missing}."
    elif outdated:
        kept, change = {*deployed} - {outdated}, f"Removes the index {outdated}."
    else:
        return template, ""
    entries = {
        name: _PROJECTION.sub(f"          Projection: {{ ProjectionType: {deployed[name].projection} }}", text)
        if name in deployed
        else text
        for name, text in texts.items()
        if name in kept
    }
    return template.replace(
        table[0], _with_indexes(table[0], entries, dropped=set(texts) - kept, wanted=wanted)
    ), change


def described(indexes: list[Mapping[str, Any]]) -> dict[str, Index]:
    """Return the indexes of DescribeTable's response."""
    return {
        it["IndexName"]: Index(
            keys=tuple(key["AttributeName"] for key in it["KeySchema"]), projection=it["Projection"]["ProjectionType"]
        )
        for it in indexes
    }


def _with_indexes(table: str, entries: Mapping[str, str], *, dropped: set[str], wanted: Mapping[str, Index]) -> str:
    """Return the table's text with these indexes only, and without definitions of attributes that no key uses."""
    text = _ENTRY.sub(lambda entry: entries.get(entry[1], ""), table)
    used = {"owner", "video_id", *(key for name in entries for key in wanted[name].keys)}
    for key in {key for name in dropped for key in wanted[name].keys} - used:
        text = re.sub(rf"(?m)^        - {{ AttributeName: {key}, AttributeType: \w }}\n", "", text)
    return text


def _parsed(text: str) -> Index:
    return described(yaml.safe_load(text))[yaml.safe_load(text)[0]["IndexName"]]


if __name__ == "__main__":
    main()
