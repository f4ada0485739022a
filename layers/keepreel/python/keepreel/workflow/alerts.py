"""Alert the operator to a problem with a provider account: keys, credit or allowlist."""

from keepreel import metrics
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem
from keepreel.logs import logger


def alert_operator(video: Video, problem: AccountProblem) -> None:
    """Log the reason and count the metric `AccountProblem`, which has an alarm in the template."""
    logger.error(
        "account problem",
        extra={"video_id": video.video_id, "owner": video.owner, "provider": video.provider, "reason": str(problem)},
    )
    metrics.count("AccountProblem", provider=video.provider)
