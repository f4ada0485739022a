"""`make certificate`: write a self-made signing certificate for content credentials, as JSON for the secret."""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

from local.aws import test_certificate

_SECRET = "keepreel/content-credentials"  # noqa: S105  # the default of ContentCredentialsSecretName
_NOTE = """\
Wrote {path}. It contains the private key, and only you can read it. Do not commit it.

This certificate is self-made, so public verifiers show its issuer as unknown. Keepreel itself shows the credentials as
valid. For a known issuer, use a certificate from an authority on the C2PA trust list: docs/content-credentials.md.
It expires on {until:%Y-%m-%d}. From then on, credentials without a timestamp read as expired.

Store it, then delete the file:

  aws secretsmanager create-secret --name {secret} --secret-string file://{path}

If the secret exists already, this replaces its certificate. Add the certificates before it as "trusted" to the file
first, so that videos that they signed still read as valid:

  aws secretsmanager put-secret-value --secret-id {secret} --secret-string file://{path}

Then deploy with the parameter ContentCredentials=sign.
"""


def main(arguments: list[str]) -> int:
    given = _parse(arguments)
    path, valid_for = Path(given.output).resolve(), timedelta(days=given.days)
    certificate = test_certificate.create(organization=given.organization, name="Keepreel", valid_for=valid_for)
    try:
        test_certificate.write_new(path, json.dumps(certificate, indent=2) + "\n")
    except FileExistsError:
        print(f"{path} exists already. Nothing was written, because its key may be in use.", file=sys.stderr)
        return 1
    print(_NOTE.format(path=path, until=test_certificate.expires_at(certificate), secret=given.secret))
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make certificate", description=__doc__)
    parser.add_argument("--output", default="content-credentials.json", help="the file to write (default: %(default)s)")
    parser.add_argument(
        "--organization",
        type=_organization,
        required=True,
        help="your organization, which verifiers show as the signer",
    )
    parser.add_argument("--days", type=_days, default=3650, help="days until it expires (default: %(default)s)")
    parser.add_argument("--secret", default=_SECRET, help="ContentCredentialsSecretName (default: %(default)s)")
    return parser.parse_args(arguments)


def _organization(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError('name your organization: make certificate ORGANIZATION="Example Ltd"')
    return text.strip()


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36500:
        raise argparse.ArgumentTypeError("use 1 to 36500")
    return days


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
