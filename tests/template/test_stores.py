"""Tables, bucket and CDN: retention, access and caching."""

from typing import Any

import pytest

from tests.template.as_deployed import read

TARGETS = {"AWS::S3::BucketPolicy": "Bucket", "AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics"}


@pytest.mark.parametrize("name", ["VideosTable", "RequestsTable", "CommunitiesTable"])
def test_tables_can_be_restored_and_outlive_the_stack(resources: dict[str, Any], name: str) -> None:
    table = resources[name]

    properties = table["Properties"]

    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsProduction", True, False]}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_only_requests_and_shares_have_a_ttl(resources: dict[str, Any]) -> None:
    tables = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::DynamoDB::Table"}

    expiring = {name: it["TimeToLiveSpecification"] for name, it in tables.items() if "TimeToLiveSpecification" in it}

    ttl = {"AttributeName": "expires_at", "Enabled": True}
    assert expiring == {"RequestsTable": ttl, "SharesTable": ttl}


def test_restoring_a_table_cannot_restore_a_revoked_link(resources: dict[str, Any]) -> None:
    table = resources["SharesTable"]

    assert "PointInTimeRecoverySpecification" not in table["Properties"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_bucket_is_private_and_outlives_the_stack(resources: dict[str, Any]) -> None:
    bucket = resources["MediaBucket"]

    properties = bucket["Properties"]

    assert properties["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "BucketEncryption" in properties
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_abandoned_uploads_and_old_versions_expire(resources: dict[str, Any]) -> None:
    bucket = resources["MediaBucket"]["Properties"]

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert {it.pop("Id"): it for it in map(dict, bucket["LifecycleConfiguration"]["Rules"])} == {
        "AbandonedUploads": {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        "OldVersions": {
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "ExpiredObjectDeleteMarker": True,
        },
    }


def test_what_the_stack_must_outlive_is_kept_except_after_a_failed_first_deployment(
    resources: dict[str, Any],
) -> None:
    kept = {name for name, it in resources.items() if it.get("DeletionPolicy") == "RetainExceptOnCreate"}

    assert kept == {
        *("VideosTable", "RequestsTable", "CommunitiesTable", "SharesTable"),
        *("MediaBucket", "AccessLogBucket", "UserPool", "SigningKey", "CdnSecret"),
    }
    assert {resources[name]["UpdateReplacePolicy"] for name in kept} == {"Retain"}
    assert "Retain" not in {
        it.get("DeletionPolicy") for it in resources.values() if it["Type"] != "AWS::Lambda::Version"
    }


def test_bucket_cors_allows_get_and_post_from_named_origins(resources: dict[str, Any]) -> None:
    (rule,) = resources["MediaBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedMethods"] == ["GET", "POST"]
    domain = {"Fn::If": ["HasDomainName", {"Fn::Sub": "https://${DomainName}"}, {"Ref": "AWS::NoValue"}]}
    assert rule["AllowedOrigins"] == [{"Ref": "PageOrigin"}, {"Ref": "ApiOrigin"}, domain]


def test_only_the_cdn_reads_media_and_only_over_tls(resources: dict[str, Any]) -> None:
    statements = resources["MediaBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    by_effect = {statement["Effect"]: statement for statement in statements}

    assert len(statements) == 2
    assert by_effect["Deny"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    allowed = {key: by_effect["Allow"][key] for key in ("Principal", "Action", "Resource", "Condition")}
    distribution = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    assert allowed == {
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${MediaBucketArn.Value}/media/*"},
        "Condition": {"StringEquals": {"AWS:SourceArn": {"Fn::Sub": distribution}}},
    }


def test_no_policy_allows_everyone(resources: dict[str, Any]) -> None:
    policies = [it["Properties"]["PolicyDocument"] for it in resources.values() if it["Type"] in TARGETS]

    allowed = [it["Principal"] for policy in policies for it in policy["Statement"] if it["Effect"] == "Allow"]

    assert allowed
    assert "*" not in allowed
    assert {"AWS": "*"} not in allowed


def test_every_bucket_queue_and_topic_refuses_requests_without_tls(resources: dict[str, Any]) -> None:
    types = {"AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"}
    policies = [it["Properties"] for it in resources.values() if it["Type"] in TARGETS]

    refusing = {
        name
        for policy in policies
        for name in _names(policy)
        for it in policy["PolicyDocument"]["Statement"]
        if (it["Effect"], it["Principal"]) == ("Deny", "*")
        and it["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        and it["Action"] in {"s3:*", "sqs:*", "sns:Publish"}
    }

    assert refusing == {name for name, it in resources.items() if it["Type"] in types}


def _names(policy: dict[str, Any]) -> list[str]:
    (targets,) = (policy[key] for key in TARGETS.values() if key in policy)
    return [_ref(it) for it in (targets if isinstance(targets, list) else [targets])]


def _ref(target: dict[str, Any]) -> str:
    """Return the logical id of the stack's own resource."""
    return str((target["Fn::If"][1] if "Fn::If" in target else target)["Ref"])


def test_access_logs_are_off_unless_chosen_and_expire() -> None:
    without, logged = read(), read(AccessLogs="yes")

    assert "AccessLogBucket" not in without.names
    assert "Logging" not in without.distribution
    assert "LoggingConfiguration" not in without.properties("MediaBucket")
    assert logged.distribution["Logging"] == {"Bucket": "<AccessLogBucket.RegionalDomainName>", "Prefix": "cdn/"}
    assert logged.properties("MediaBucket")["LoggingConfiguration"] == {
        "DestinationBucketName": "<AccessLogBucket.Ref>",
        "LogFilePrefix": "bucket/",
    }
    bucket = logged.properties("AccessLogBucket")
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30
    # CloudFront writes its log files by ACL.
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}


def behaviors_of(distribution: dict[str, Any]) -> dict[str, dict[str, Any]]:
    config = distribution["Properties"]["DistributionConfig"]
    return {it.get("PathPattern", "*"): it for it in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]}


def test_the_cdn_caches_files_but_no_api_response(resources: dict[str, Any]) -> None:
    behaviors = behaviors_of(resources["Distribution"])

    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert {path: (it["TargetOriginId"], it["CachePolicyId"]) for path, it in behaviors.items()} == {
        "*": ("api", caching_disabled),
        "/v1/*": ("api", caching_disabled),
        "/static/*": ("api", {"Ref": "StaticCaching"}),
        "/media/*": ("media", {"Ref": "MediaCaching"}),
    }
    assert behaviors["/media/*"]["AllowedMethods"] == behaviors["/static/*"]["AllowedMethods"] == ["GET", "HEAD"]


def test_api_calls_without_tls_are_refused_and_pages_are_redirected(resources: dict[str, Any]) -> None:
    behaviors = behaviors_of(resources["Distribution"])

    assert {path: it["ViewerProtocolPolicy"] for path, it in behaviors.items()} == {
        "*": "redirect-to-https",
        "/v1/*": "https-only",
        "/static/*": "https-only",
        "/media/*": "https-only",
    }
    api = ("TargetOriginId", "AllowedMethods", "CachePolicyId", "OriginRequestPolicyId")
    assert {it: behaviors["/v1/*"][it] for it in api} == {it: behaviors["*"][it] for it in api}


def test_the_cdn_caches_static_files_by_cache_control_and_once_for_all_origins(
    resources: dict[str, Any],
) -> None:
    caching = dict(resources["StaticCaching"]["Properties"]["CachePolicyConfig"])
    behavior = behaviors_of(resources["Distribution"])["/static/*"]
    headers = resources["MediaHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["CorsConfig"]

    del caching["Name"]
    assert caching == {
        "MinTTL": 0,
        "DefaultTTL": 0,
        "MaxTTL": 31536000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }
    assert behavior["ResponseHeadersPolicyId"] == {"Ref": "MediaHeaders"}
    assert "OriginRequestPolicyId" not in behavior
    assert (headers["AccessControlAllowOrigins"], headers["OriginOverride"]) == ({"Items": ["*"]}, True)


def test_the_cdn_caches_no_api_error(resources: dict[str, Any]) -> None:
    errors = resources["Distribution"]["Properties"]["DistributionConfig"]["CustomErrorResponses"]

    assert {it["ErrorCode"]: it["ErrorCachingMinTTL"] for it in errors} == dict.fromkeys((404, 500, 502, 503, 504), 0)
    assert {len(it) for it in errors} == {2}


def test_the_cdn_caches_a_deleted_file_for_at_most_an_hour(resources: dict[str, Any]) -> None:
    assert resources["MediaCaching"]["Properties"]["CachePolicyConfig"]["MaxTTL"] <= 60


def test_cdn_errors_carry_no_long_cache_control(resources: dict[str, Any]) -> None:
    policy = resources["MediaHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]

    assert "CustomHeadersConfig" not in policy
    assert policy["SecurityHeadersConfig"]["ContentTypeOptions"] == {"Override": True}
