"""Where MiniStack's idea of a permission differs from AWS's, with --check-permissions: what a policy allows on AWS, it is made
to allow here. A function that lacks a permission altogether lacks it here too."""

from __future__ import annotations

import json
from typing import Any

from server import Server
from stack import Stack, client

# AWS asks for the permission of the single call: the service authorization reference of SQS knows no batch actions.
# MiniStack asks for one named after the call.
BATCHES = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}
# AWS holds these to identities and senders. MiniStack tells neither, so that only `*` without a condition allows them.
MAIL = {"ses:SendEmail", "ses:SendRawEmail"}


def complete(server: Server, stack: Stack) -> None:
    """Rewrites the inline policies of the stack's roles where MiniStack reads them more narrowly than AWS, and takes the rule out of
    the buckets' that everything comes over TLS."""
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        _without_tls(client(server, "s3"), bucket)
    iam = client(server, "iam")
    for role in stack.of_type("AWS::IAM::Role").values():
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            document = json.loads(document) if isinstance(document, str) else document
            statements = _list(document["Statement"])
            more = [added for statement in statements for added in _added(statement)]
            if more:
                document["Statement"] = statements + more
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _without_tls(s3: Any, bucket: str) -> None:
    # The emulator has no TLS. This is said to come over it, because the rule holds for whoever takes it away, too.
    s3.meta.events.register("before-send.s3", _over_tls)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    kept = [statement for statement in policy["Statement"] if not _is_tls_alone(statement)]
    if kept:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({**policy, "Statement": kept}))
    else:
        s3.delete_bucket_policy(Bucket=bucket)


def _over_tls(request: Any, **_: Any) -> None:
    request.headers["x-forwarded-proto"] = "https"


def _is_tls_alone(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Deny" and "aws:SecureTransport" in statement.get("Condition", {}).get("Bool", {})


def _added(statement: dict[str, Any]) -> list[dict[str, Any]]:
    if statement["Effect"] != "Allow":
        return []
    actions = _list(statement.get("Action", []))
    batches = [BATCHES[action] for action in actions if action in BATCHES]
    mail = [action for action in actions if action in MAIL]
    return [
        *([{**statement, "Sid": "Batches", "Action": batches}] if batches else []),
        *([{"Effect": "Allow", "Sid": "Mail", "Action": mail, "Resource": "*"}] if mail else []),
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
