"""Metrics in CloudWatch's embedded format, which the functions write to their log.

Every dimension gives another metric, so that an alarm names all of them. The modules of Powertools are not loaded
unless needed.
"""

from collections.abc import Mapping

_NAMESPACE = "Keepreel"  # named here, too, because a missing variable must not break the caller


def count(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Count an event that an operator should know of, or the heartbeat of a schedule."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace=_NAMESPACE) as metric:
        for dimension, dimension_value in dimensions.items():
            metric.add_dimension(name=dimension, value=dimension_value)


def measure(values: Mapping[str, float], **dimensions: str) -> None:
    """Write several values of ordinary work in one line. A name that contains "Seconds" is in seconds."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace=_NAMESPACE)
    for name, value in values.items():
        unit = MetricUnit.Seconds if "Seconds" in name else MetricUnit.Count
        metrics.add_metric(name=name, unit=unit, value=float(value))
    for dimension, dimension_value in dimensions.items():
        metrics.add_dimension(name=dimension, value=dimension_value)
    metrics.flush_metrics()
