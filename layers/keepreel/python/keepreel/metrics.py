"""Metrics in CloudWatch's embedded format, which the functions write to their log."""

_NAMESPACE = "Keepreel"  # named here, too, because a missing variable must not break the caller


def count(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Count an event. Every dimension gives another metric, so that an alarm names all of them."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # not loaded unless needed

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace=_NAMESPACE) as metric:
        for dimension, dimension_value in dimensions.items():
            metric.add_dimension(name=dimension, value=dimension_value)
