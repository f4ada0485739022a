"""`make user`: create a user whose email is verified, and send an invitation."""

import argparse
import re

from local.tools.deployment import commands, stage
from local.tools.deployment.commands import DeploymentError, Failure

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--email", default="")
    arguments = parser.parse_args()
    create(stack=stage.named(arguments.stage or stage.DEFAULT).stack, email=arguments.email.strip())


def create(*, stack: str, email: str) -> None:
    """Create a user, who gets an email with a temporary password. Raises DeploymentError."""
    if not _EMAIL.fullmatch(email):
        raise DeploymentError("EMAIL is missing or no address: make user EMAIL=you@example.com")
    if (pool := stage.outputs(stack).get("UserPoolId")) is None:
        raise DeploymentError(f"{stack} is not deployed yet: run make deploy first")
    # Without a verified address, Cognito sends no code to a user who forgets the password.
    created = commands.try_read(
        *("aws", "cognito-idp", "admin-create-user", "--user-pool-id", pool, "--username", email),
        *("--user-attributes", f"Name=email,Value={email}", "Name=email_verified,Value=true"),
        *("--desired-delivery-mediums", "EMAIL"),
    )
    if isinstance(created, Failure) and "UsernameExistsException" not in created.message:
        raise DeploymentError(f"the user was not created: {created.message}")
    print(_exists(email) if isinstance(created, Failure) else _invited(email))


def _exists(email: str) -> str:
    return f'{email} exists already. The page\'s "Forgot the password?" sets a new password.'


def _invited(email: str) -> str:
    return f"{email} gets an email with a temporary password, which is valid for seven days."


if __name__ == "__main__":
    commands.main(main)
