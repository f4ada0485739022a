"""Remove what is left of owners whose videos are gone: items whose keys cannot be known, found by scanning the tables.

These are idempotency keys, usage, counts and marks of downloads, and share links that had expired.
"""

import time
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from keepreel import aws
from keepreel.db import jobs
from keepreel.db.jobs import Job
from keepreel.settings import settings


def remove(job: Job, owners: Collection[str], *, deadline: float) -> bool:
    """Scan the tables and delete the owners' items. Return False if the time is up; the job's state knows the place."""
    for table, key in ((settings().requests_table, "key"), (settings().shares_table, "token_hash")):
        if table in job.state.setdefault("scanned", []):
            continue
        for page in _pages(table, key, after=job.state.get("scan_after")):
            for name in _of_owners(page["Items"], key, owners):
                aws.dynamodb_client().delete_item(TableName=table, Key={key: {"S": name}})
            job.state["scan_after"] = page.get("LastEvaluatedKey")
            if time.monotonic() > deadline:
                return False
        job.state["scanned"].append(table)
        job.state["scan_after"] = None
        jobs.save(job)
    return True


def _pages(table: str, key: str, *, after: Any) -> Iterator[Any]:
    """Yield pages of a table. Nothing of these owners has been written for minutes, so the read may lag."""
    options: Any = {"ExclusiveStartKey": after} if after else {}
    while True:
        page = aws.dynamodb_client().scan(
            TableName=table,
            ProjectionExpression="#key, #owner",
            ExpressionAttributeNames={"#key": key, "#owner": "owner"},
            **options,
        )
        yield page
        if "LastEvaluatedKey" not in page:
            return
        options = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _of_owners(items: list[Any], key: str, owners: Collection[str]) -> Iterator[str]:
    """Yield the keys of items that belong to one of the owners: it is in the key, between #, or in the attribute."""
    for item in items:
        name = item[key]["S"]
        if item.get("owner", {}).get("S") in owners or any(owner in owners for owner in _owners_in(name)):
            yield name


def _owners_in(name: str) -> Iterator[str]:
    """Yield what may be an owner in a key, such as user#1 in usage#user#1#2026-11-28."""
    parts = name.split("#")
    for kind, id in pairwise(parts):
        yield f"{kind}#{id}"
