"""Rights that the recording in test_rights_used.py does not see. A new right must be used there or be added here."""

from tests.template.test_rights import LIST_BUCKET, PUBLIC_URL, SIGNING_KEY

# No code of a function makes these calls in the local stack.
NOT_CALLED = {
    LIST_BUCKET,  # S3 checks it when a key is missing, to answer 404 instead of 403
    PUBLIC_URL,  # the local stack has the URL in its settings
    "secretsmanager:GetSecretValue CdnSecret or secret:${ExistingSecrets}/cdn-??????",  # the local stack has no CDN
    "kms:Sign ContentCredentialsKmsKeyId or key/none",  # the local stack signs with a key from a file
    "sqs:SendMessage SweepFailures",  # Lambda sends what failed, with the function's role
    "sqs:SendMessage BotVideoFailures",
}

# Paths that the recording does not run: full providers, cancellation, erasure of running videos and files, and repair.
NOT_DRIVEN = {
    "GenerateVideoFunctionRole": {
        "s3:PutObject MediaBucket/uploads/*",
    },
    "CheckVideoStatusFunctionRole": {
        "s3:GetObject MediaBucket/uploads/*",
    },
    "LibraryFunctionRole": {
        "dynamodb:GetItem RequestsTable",
        "dynamodb:Query SlotsTable",
        "dynamodb:Query VideosTable/index/by_type",
        "dynamodb:Query VideosTable/index/waiting",
    },
    "DeleteVideoFunctionRole": {
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:DeleteItem SlotsTable",
        "dynamodb:GetItem CommunitiesTable",
        "dynamodb:UpdateItem RequestsTable",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
        SIGNING_KEY,
        "secretsmanager:GetSecretValue secret:${HiggsfieldSecretName}-??????",
        "secretsmanager:GetSecretValue secret:${KlingSecretName}-??????",
    },
    "CountViewFunctionRole": {
        "dynamodb:GetItem RequestsTable",
        "dynamodb:UpdateItem VideosTable",
    },
    "CommunitiesFunctionRole": {
        "dynamodb:GetItem RequestsTable",
        SIGNING_KEY,
    },
    "AccountFunctionRole": {
        "s3:GetObject MediaBucket/exports/*",
    },
    "AccountWorkerFunctionRole": {
        "dynamodb:DeleteItem SlotsTable",
        "dynamodb:GetItem CommunitiesTable",
        "dynamodb:GetItem VideosTable",
        "dynamodb:UpdateItem RequestsTable",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
        "s3:DeleteObjectVersion MediaBucket/media/*",
        "s3:GetObject MediaBucket/exports/*",
        "s3:GetObject MediaBucket/media/*",
        "s3:GetObject MediaBucket/uploads/*",
        "s3:PutObject MediaBucket/uploads/*",
        "secretsmanager:GetSecretValue secret:${HiggsfieldSecretName}-??????",
        "secretsmanager:GetSecretValue secret:${KlingSecretName}-??????",
    },
    "ProviderCallbackFunctionRole": {
        SIGNING_KEY.replace("SigningKey", "secret:${KlingWebhookSecretName}-?????? or SigningKey"),
    },
    "AwaitResultFunctionRole": {
        "states:SendTaskSuccess stateMachine:keepreel-${Stage}-video",
    },
    "SubmitVideoFunctionRole": {
        "dynamodb:DeleteItem SlotsTable",
        "dynamodb:GetItem SlotsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:Query SlotsTable",
        "dynamodb:UpdateItem RequestsTable",
        "dynamodb:UpdateItem SlotsTable",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
        SIGNING_KEY,
    },
    "PollProviderFunctionRole": {
        "dynamodb:PutItem RequestsTable",
        "dynamodb:Query VideosTable/index/waiting",
        "dynamodb:UpdateItem RequestsTable",
    },
    "SaveVideoFunctionRole": {
        "dynamodb:DeleteItem SlotsTable",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
        "s3:DeleteObjectVersion MediaBucket/media/*",
        "s3:ListBucketVersions MediaBucket",
    },
    "SweepVideosFunctionRole": {
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:GetItem VideosTable",
        "events:PutEvents EventBus",
        "lambda:InvokeFunction function:keepreel-${Stage}-account-worker:live",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
        SIGNING_KEY,
    },
    "DispatchVideosFunctionRole": {
        "dynamodb:DeleteItem SlotsTable",
        "dynamodb:UpdateItem SlotsTable",
        "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
    },
}
