"""Brings dead letters back, once what made them fail is mended: `make redrive STAGE=prod QUEUE=email`.

`email` and `sla`: SQS moves the messages to the queue that they came from, and this says how many are left. `events`: each letter says
where in the table's stream a batch lies that could not be passed on; it is read there (the stream keeps 24 hours) and given to
events-fan-out again, and the letter is deleted once that is done. What the stream has no more, `make replay` finds in the table.

All of it is safe to do twice: a mail is marked when it is sent, and a ticket is closed once.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError
from desk import Deployment, arguments

PATIENCE_SECONDS = 600


def main() -> int:
    """Reads the arguments and does it."""
    parser = arguments(__doc__ or "")
    parser.add_argument("queue", choices=["email", "sla", "routing", "views", "files", "mail-in", "mail-events", "jobs", "events"], help="whose dead letters")
    parser.add_argument("--forget", action="store_true", help="with events: delete letters that the stream has no more, after a replay")
    options = parser.parse_args()
    deployment = Deployment(options.stage)
    return redrive_events(deployment, options.forget) if options.queue == "events" else redrive_jobs(deployment, options.queue)


def redrive_jobs(deployment: Deployment, name: str) -> int:
    """Moves the messages back to their queue, and waits until that is done."""
    sqs, dead_letters = deployment.sqs, deployment.queue(f"{name}-dead-letters")
    attributes = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"])["Attributes"]
    arn, count = attributes["QueueArn"], attributes["ApproximateNumberOfMessages"]
    print(f"{name}-dead-letters has about {count} messages")
    if count == "0":
        return 0
    sqs.start_message_move_task(SourceArn=arn)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        task = sqs.list_message_move_tasks(SourceArn=arn, MaxResults=1)["Results"][0]
        if task["Status"] != "RUNNING":
            print(f"{task['Status'].lower()}: {task.get('ApproximateNumberOfMessagesMoved', 0)} moved")
            return 0 if task["Status"] == "COMPLETED" else 1
        time.sleep(1)
    print("still moving; look again later", file=sys.stderr)
    return 1


def redrive_events(deployment: Deployment, forget: bool) -> int:
    """Passes on what each letter tells of. What the stream has no more stays, unless it is to be forgotten."""
    sqs, queue = deployment.sqs, deployment.queue("events-dead-letters")
    done = 0
    lost: set[str] = set()
    while True:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=120, WaitTimeSeconds=5)
        messages = [message for message in answer.get("Messages", []) if message["MessageId"] not in lost]
        if not messages:
            break
        for message in messages:
            records = read(json.loads(message["Body"]))
            if records is None:
                lost.add(message["MessageId"])
                print(f"{message['MessageId']}: the stream has this no more; see `make replay`", file=sys.stderr)
                if not forget:
                    continue
            else:
                deployment.pass_on(records)
                done += len(records)
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    left = 0 if forget else len(lost)
    print(f"{done} records passed on, {left} letters left")
    return 1 if left else 0


def read(letter: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The records that a letter tells of; None where the stream has them no more. The local process puts the record into the letter."""
    if "record" in letter:
        return [letter["record"]]
    batch = letter["DDBStreamBatchInfo"]
    streams = boto3.client("dynamodbstreams")
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        found: list[dict[str, Any]] = []
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                found.append(plain(record))
                if record["dynamodb"]["SequenceNumber"] == batch["endSequenceNumber"]:
                    return found
            iterator = page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("TrimmedDataAccessException", "ResourceNotFoundException"):
            raise
    return None


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """The record as Lambda gives it to a function: times are numbers."""
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change}


if __name__ == "__main__":
    sys.exit(main())
