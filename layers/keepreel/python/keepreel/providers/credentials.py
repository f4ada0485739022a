"""A provider's keys, read from its secret and checked, without ever telling them."""

from typing import Any

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.errors import AccountProblem, Busy

# Any other error of Secrets Manager passes by itself.
_FOR_THE_OPERATOR = (
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",
    "ResourceNotFoundException",
)


# No `from error` in here: what went wrong may hold what the secret holds.
def held(secret_name: str, *, provider: str, fresh: bool) -> dict[str, Any]:
    """What the secret holds; `fresh` reads it again at once. Raises AccountProblem, or Busy when it cannot be read.

    Both may be raised before a submit, since nothing has been sent by then.
    """
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        return aws.secret(secret_name, fresh=fresh)
    except GetParameterError as error:
        refusal = error.__context__  # Powertools raises its own error while it handles the one of AWS
        if isinstance(refusal, ClientError) and refusal.response["Error"]["Code"] in _FOR_THE_OPERATOR:
            code = refusal.response["Error"]["Code"]
            raise AccountProblem(f"the {provider} secret cannot be read: {code}") from None
        raise Busy("the store of secrets did not answer") from None
    except (TypeError, ValueError):
        raise AccountProblem(f"the {provider} secret is not a JSON object") from None


def usable(secret: dict[str, Any], name: str, *, provider: str) -> str:
    """A key fit for a header: one that is not would be quoted in the error that the HTTP library raises."""
    key = str(secret.get(name) or "").strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise AccountProblem(f"the {provider} secret lacks a usable {name}")
    return key
