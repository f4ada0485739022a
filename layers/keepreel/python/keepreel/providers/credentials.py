"""Provider credentials: read and check the API keys in a secret, without quoting them in any error."""

from typing import Any

from keepreel import aws
from keepreel.errors import AccountProblem, Busy

# The operator must fix these. Any other error of Secrets Manager is temporary.
_OPERATOR_ERROR_CODES = (
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",
    "ResourceNotFoundException",
)


# No `from error` in this module: the original error may quote the secret.
def read_secret(secret_name: str, *, title: str, fresh: bool) -> dict[str, Any]:
    """Return the secret's JSON object; `fresh` bypasses the cache. `title` is the provider's name in errors.

    Raises AccountProblem if the operator must act, else Busy. Both are safe before a submit: nothing was sent yet.
    """
    try:
        return aws.secret(secret_name, fresh=fresh)
    except aws.STORE_ERRORS as error:
        code = aws.code(error)
        if code in _OPERATOR_ERROR_CODES:
            raise AccountProblem(f"the {title} secret cannot be read: {code}") from None
        raise Busy("Secrets Manager did not respond") from None
    except (TypeError, ValueError):
        raise AccountProblem(f"the {title} secret is not a JSON object") from None


def key(secret: dict[str, Any], name: str, *, title: str) -> str:
    """Return a key that is safe in a header. The HTTP library would quote an invalid one in its error message."""
    value = str(secret.get(name) or "").strip()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise AccountProblem(f"the {title} secret has no usable {name}")
    return value
