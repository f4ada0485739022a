"""The videos of an owner, as raw items, because one unreadable value must not hide a record from its owner."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db import due_videos, quotas, transactions
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.errors import LostRace, NotFound, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import storage
from keepreel.videos import counting, delete

PAGE_SIZE = 500
Item = Mapping[str, Any]

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


def items(owner: str, *, after: str = "") -> Iterator[list[Item]]:
    """Yield pages of an owner's records, as last written, from the first one after the id `after` on."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Video.Meta.table_name,
            KeyConditionExpression="#owner = :owner AND video_id > :after",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}, ":after": {"S": after or " "}},
            ConsistentRead=True,
            PaginationConfig={"PageSize": PAGE_SIZE},
        )
    )
    for page in pages:
        yield list(page["Items"])


def count(owner: str) -> int:
    """Return the number of an owner's records."""
    return sum(len(page) for page in items(owner))


def remove(owner: str, *, deadline: float) -> bool:
    """Delete all videos of an owner as a DELETE of each would. Return whether there are no records any more.

    A video that is not sent is canceled and free. One that the provider has is canceled there if possible, or else its
    file is never fetched; it stays charged. A hidden record stays until the sweeper has removed its files.
    """
    is_empty = True
    for page in items(owner):
        for item in page:
            is_empty = False
            if time.monotonic() > deadline:
                return False
            _remove(item)
    return is_empty


def _remove(item: Item) -> None:
    video_id = item["video_id"]["S"]
    try:
        video = Video.from_raw_data(dict(item))
        if Status(video.status) != Status.DELETING:
            delete.delete(video)
        elif int(video.failed_sweeps or 0) >= due_videos.TRIES:  # the sweeper cannot remove it
            _discard(item)
    except (StoreUnavailable, LostRace, NotFound) as error:
        logger.warning("deletion left to the next run", extra={"video_id": video_id, "reason": str(error)})
    except UNREADABLE:
        _discard(item)


def _discard(item: Item) -> None:
    """Remove a record that cannot be processed, with its files and counts. Its place in flight is free again."""
    owner, video_id = item["owner"]["S"], item["video_id"]["S"]
    logger.warning("unreadable record removed", extra={"video_id": video_id})
    storage.purge_folder(storage.folder(video_id))
    counting.forget(video_id)

    def add_items(transaction: TransactWrite) -> None:
        transaction.delete(Video(owner, video_id), condition=Video.status.exists())
        if item["status"].get("S") in UNFINISHED:
            quotas.release_place(transaction, item.get("payer", item["owner"])["S"])

    with suppress(Canceled):  # another run was faster
        transactions.write(add_items)
