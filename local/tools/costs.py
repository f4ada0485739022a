"""Print what videos were estimated to cost and what the providers billed, per model and day."""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import boto3

from keepreel.workflow.daily_costs import PREFIX
from local.tools import account_errors, running_stack
from local.tools.markdown import table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", default="", help="the stack's requests table; without it, the local stack's")
    parser.add_argument("--days", type=int, default=7)
    arguments = parser.parse_args()
    with account_errors.one_line("TABLE is the requests table of a stack in this account and region."):
        client, name = _client(arguments.table)
        print(report(client, name, days=arguments.days, today=datetime.now(UTC).date()))


def report(client: "DynamoDBClient", table_name: str, *, days: int, today: date) -> str:
    """Return a table of the last days, newest first; the sums compare only videos with a bill in USD."""
    rows = [
        row for ago in range(days) for row in _rows(client, table_name, day=(today - timedelta(days=ago)).isoformat())
    ]
    return table(
        ("day", "model", "billed videos", "estimated USD", "billed USD", "difference", "videos not billed in USD"), rows
    )


def _rows(client: "DynamoDBClient", table_name: str, *, day: str) -> Iterator[tuple[str, ...]]:
    item = client.get_item(TableName=table_name, Key={"key": {"S": f"{PREFIX}{day}"}}).get("Item", {})
    sums = {name: float(value["N"]) for name, value in item.items() if "|" in name}
    for model in sorted({name.partition("|")[0] for name in sums}):
        estimated, billed = (sums.get(f"{model}|{name}", 0) / 100 for name in ("estimated_cents", "billed_cents"))
        difference = f"{(billed - estimated) / estimated:+.0%}" if estimated else ""
        videos, unbilled = (f"{sums.get(f'{model}|{name}', 0):.0f}" for name in ("videos", "unbilled_videos"))
        yield day, model, videos, f"{estimated:.2f}", f"{billed:.4f}", difference, unbilled


def _client(table_name: str) -> tuple["DynamoDBClient", str]:
    if table_name:
        return boto3.client("dynamodb"), table_name
    session, endpoint = running_stack.session(otherwise="name a table: make costs TABLE=…")
    client = session.client("dynamodb", endpoint_url=endpoint)
    return client, next(name for name in client.list_tables()["TableNames"] if "RequestsTable" in name)


if __name__ == "__main__":
    main()
