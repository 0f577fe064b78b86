"""What the commands of an operator share: which deployment they speak to, and how events are passed on again."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
from boto3.dynamodb.types import TypeSerializer

BATCH = 100
STATUSES = ("new", "assigned", "in_progress", "pending", "resolved", "closed", "deleted")


class Deployment:
    """A deployed stage. Credentials and region come from the environment, as every AWS tool takes them."""

    def __init__(self, stage: str) -> None:
        """Speaks to the resources of this stage, by the names that template.yaml gives them."""
        self.stage = stage
        self.table = os.environ.get("TABLE", f"lambdesk-{stage}")
        self.dynamodb = boto3.client("dynamodb")
        self.sqs = boto3.client("sqs")
        self.functions = boto3.client("lambda")

    def queue(self, name: str) -> str:
        """The URL of a queue."""
        return str(self.sqs.get_queue_url(QueueName=f"lambdesk-{self.stage}-{name}")["QueueUrl"])

    def pass_on(self, records: list[dict[str, Any]]) -> None:
        """Gives records of the stream to events-fan-out, and fails where it could not take all of them."""
        for start in range(0, len(records), BATCH):
            payload = json.dumps({"Records": records[start : start + BATCH]}).encode()
            answer = self.functions.invoke(FunctionName=f"lambdesk-{self.stage}-events-fan-out", Payload=payload)
            result = json.loads(answer["Payload"].read() or b"null")
            if "FunctionError" in answer or (result or {}).get("batchItemFailures"):
                raise SystemExit(f"events-fan-out could not take a batch: {result}")


def record(item: dict[str, Any], number: int) -> dict[str, Any]:
    """An event's row in the shape of the stream's record that once told of it."""
    keys = {"pk": item["pk"], "sk": item["sk"]}
    return {
        "eventID": f"replay-{number}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": os.environ.get("AWS_REGION", ""),
        "dynamodb": {
            "ApproximateCreationDateTime": 0.0,
            "Keys": keys,
            "NewImage": item,
            "SequenceNumber": str(number),
            "SizeBytes": 0,
            "StreamViewType": "NEW_IMAGE",
        },
    }


def query(deployment: Deployment, condition: str, values: dict[str, str], **more: Any) -> Iterator[dict[str, Any]]:
    """Every item that a query of the table or of an index finds."""
    serialise = TypeSerializer().serialize
    pages = deployment.dynamodb.get_paginator("query").paginate(
        TableName=deployment.table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={name: serialise(value) for name, value in values.items()},
        **more,
    )
    for page in pages:
        yield from page["Items"]


def arguments(description: str) -> argparse.ArgumentParser:
    """The arguments that every command takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stage", default="dev", help="which deployment: dev, prod")
    return parser
