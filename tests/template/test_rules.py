"""Parameters that the template refuses, and the addresses that follow from them."""

import pytest

from local.aws.template import TemplateError
from tests.template.as_deployed import read

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
DOMAIN = {"DomainName": "videos.example.com", "CertificateArn": CERTIFICATE}
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/keepreel/1"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"Stage": "prod"}, "set AlarmEmail, as in make deploy STAGE=prod"),
        ({"DomainName": "videos.example.com"}, "set CertificateArn"),
        ({"CertificateArn": CERTIFICATE}, "set DomainName"),
        ({**DOMAIN, "CertificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1")}, "CertificateArn must be a match"),
        ({"WebAclArn": WEB_ACL.replace("global", "regional")}, "WebAclArn must be a match"),
    ],
)
def test_incomplete_parameters_are_refused_with_what_to_do(parameters: dict[str, str], sentence: str) -> None:
    with pytest.raises(TemplateError, match=sentence):
        read(**parameters)


def test_prod_with_an_address_for_its_alarms_is_accepted() -> None:
    prod = read(Stage="prod", AlarmEmail="ops@example.com")

    assert prod.properties("VideosTable")["DeletionProtectionEnabled"] is True


def test_the_stage_has_no_default_so_that_lost_parameters_fail(source: dict[str, dict[str, dict[str, str]]]) -> None:
    assert "Default" not in source["Parameters"]["Stage"]


@pytest.mark.parametrize(
    ("parameters", "url"),
    [
        ({}, ""),  # the functions read the CDN's name from a parameter
        (DOMAIN, "https://videos.example.com"),
        ({"PublicUrl": "https://proxy.example.com"}, "https://proxy.example.com"),
        ({**DOMAIN, "PublicUrl": "https://proxy.example.com"}, "https://proxy.example.com"),
    ],
)
def test_links_begin_with_the_proxy_or_the_domain(parameters: dict[str, str], url: str) -> None:
    assert read(**parameters).variables["PUBLIC_URL"] == url


def test_the_cdn_serves_the_domain_with_tls_1_2_or_newer() -> None:
    config = read(**DOMAIN).distribution

    assert config["Aliases"] == ["videos.example.com"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    cors = read(**DOMAIN).properties("MediaBucket")["CorsConfiguration"]["CorsRules"][0]
    assert "https://videos.example.com" in cors["AllowedOrigins"]


def test_without_a_domain_the_cdn_has_its_own_name_and_certificate() -> None:
    assert read().distribution.keys() & {"Aliases", "ViewerCertificate", "WebACLId"} == set()


def test_a_web_acl_guards_the_cdn() -> None:
    assert read(WebAclArn=WEB_ACL).distribution["WebACLId"] == WEB_ACL
