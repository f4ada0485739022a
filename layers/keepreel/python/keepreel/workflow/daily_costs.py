"""Estimate against bill, per model and day: a pair of metrics, and one item per day that `make costs` reads."""

from datetime import UTC, datetime, timedelta

from keepreel import aws, metrics
from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.settings import settings

_TTL = timedelta(days=400)
PREFIX = "costs#"  # followed by the day, YYYY-MM-DD


def count(video: Video) -> None:
    """Count a completed video. One without a bill in USD counts apart, because sums must compare the same videos.

    Failures are logged only: the video is complete.
    """
    estimated = float(video.estimated_cost_cents)
    if video.actual_cost_usd is None:
        _add(video.model, {"unbilled_videos": 1})
        return
    billed = round(float(video.actual_cost_usd) * 100, 4)
    metrics.count("EstimatedCents", estimated, model=video.model)
    metrics.count("BilledCents", billed, model=video.model)
    metrics.measure({"EstimatedCents": estimated, "BilledCents": billed})  # of all models, for the alarm
    _add(video.model, {"videos": 1, "estimated_cents": estimated, "billed_cents": billed})


def _add(model: str, sums: dict[str, float]) -> None:
    """Add to the attributes `<model>|<name>` of today's item."""
    now = datetime.now(UTC)
    names = {f"#{number}": f"{model}|{name}" for number, name in enumerate(sums)}
    values = {f":{number}": {"N": f"{value:g}"} for number, value in enumerate(sums.values())}
    added = ", ".join(f"#{number} :{number}" for number in range(len(sums)))
    try:
        aws.dynamodb_client().update_item(
            TableName=settings().requests_table,
            Key={"key": {"S": f"{PREFIX}{now.date().isoformat()}"}},
            UpdateExpression=f"ADD {added} SET #ttl = :ttl",
            ExpressionAttributeNames={**names, "#ttl": "expires_at"},
            ExpressionAttributeValues={**values, ":ttl": {"N": str(int((now + _TTL).timestamp()))}},
        )
    except STORE_ERRORS as error:
        logger.warning("cost not counted", extra={"model": model, "reason": type(error).__name__})
