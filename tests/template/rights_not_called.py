"""Rights that no function uses in the local stack, and why. Use a new right in the recording, or add it here."""

_BY_LAMBDA = "Lambda sends what failed, with the function's role"

NOT_CALLED = {
    "secretsmanager:GetSecretValue CdnSecret or secret:${ExistingSecrets}/cdn-??????": "the local stack has no CDN",
    "kms:Sign ContentCredentialsKmsKeyId or key/none": "media/content_signer.py signs with a key from a secret",
    "sqs:SendMessage SweepFailures": _BY_LAMBDA,
    "sqs:SendMessage BotVideoFailures": _BY_LAMBDA,
}
