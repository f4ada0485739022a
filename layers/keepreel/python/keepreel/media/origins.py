"""Origins of public files and uploads. They need no AWS client, unless the public URL is in an SSM parameter."""

from urllib.parse import urlsplit

from keepreel.settings import aws_endpoint_url, aws_region, settings


def public() -> str:
    """Return the deployment's public URL, without a trailing slash. Raises StoreUnavailable."""
    if url := settings().public_url:
        return url
    from keepreel import aws

    return aws.parameter(settings().public_url_parameter).rstrip("/")


def uploads() -> str:
    """Return the origin of upload forms and view URLs."""
    if endpoint := aws_endpoint_url():
        return "{0.scheme}://{0.netloc}".format(urlsplit(endpoint))
    # In us-east-1 a bucket's host name contains no region.
    region = "" if aws_region() == "us-east-1" else f".{aws_region()}"
    return f"https://{settings().media_bucket}.s3{region}.amazonaws.com"
