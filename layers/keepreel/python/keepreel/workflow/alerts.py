"""Alert the operator to a problem with a provider account: keys, credit or allowlist."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from keepreel.db.tables import Video
from keepreel.errors import AccountProblem
from keepreel.logs import logger


def alert_operator(video: Video, problem: AccountProblem) -> None:
    """Log the reason and count the metric `AccountProblem`, which has an alarm in the template."""
    logger.error(
        "account problem",
        extra={"video_id": video.video_id, "owner": video.owner, "provider": video.provider, "reason": str(problem)},
    )
    with single_metric(name="AccountProblem", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension(name="provider", value=video.provider)
