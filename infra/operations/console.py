"""Puts the built console and portal into the bucket that CloudFront reads.

    python infra/operations/console.py --stack lambdesk-prod web/dist

What has a digest in its name goes first and stays cached; the first page goes last, so that nobody is led to a file that is not there
yet. Files of earlier builds stay for a month: who has a page open goes on with it.
"""

from __future__ import annotations

import argparse
import datetime
import mimetypes
from pathlib import Path
from typing import Any

import boto3

KEPT = datetime.timedelta(days=30)
HASHED = "assets/"
FIRST_PAGE = "index.html"
CONFIGURATION = "config.json"
# Some machines know these otherwise, or not at all.
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/json", ".woff2": "font/woff2"}


def main() -> None:
    """Reads the arguments, does it all."""
    parser = argparse.ArgumentParser(description="Put the built console and portal onto AWS.")
    parser.add_argument("--stack", required=True, help="the deployed stack, such as lambdesk-prod")
    parser.add_argument("directory", type=Path, help="what `make web` built")
    options = parser.parse_args()
    outputs = outputs_of(options.stack)
    if "ConsoleBucketName" not in outputs:
        print(f"{options.stack} serves no console: its parameter Console is `no`.")
        return
    files = sorted(path.relative_to(options.directory).as_posix() for path in options.directory.rglob("*") if path.is_file())
    if FIRST_PAGE not in files:
        raise SystemExit(f"{options.directory} has no {FIRST_PAGE}: run `make web` first")
    bucket = Bucket(outputs["ConsoleBucketName"])
    for name in sorted(files, key=lambda name: (name == FIRST_PAGE, not name.startswith(HASHED), name)):
        if name == FIRST_PAGE:
            bucket.put(CONFIGURATION, outputs["ConsoleConfiguration"].encode())
        bucket.put(name, (options.directory / name).read_bytes())
    gone = bucket.forget({*files, CONFIGURATION})
    print(f"{len(files)} files are at {outputs['ConsoleUrl']}; {gone} old ones are gone")


def outputs_of(stack: str) -> dict[str, str]:
    """The outputs of a stack, by name."""
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


class Bucket:
    """Where the files lie."""

    def __init__(self, name: str) -> None:
        """Speaks to the bucket of this name."""
        self.name = name
        self.s3: Any = boto3.client("s3")

    def put(self, name: str, content: bytes) -> None:
        """Writes a file, with its type and how long it may be kept."""
        kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith("text/")
        caching = "public, max-age=31536000, immutable" if name.startswith(HASHED) else "no-cache"
        self.s3.put_object(
            Bucket=self.name,
            Key=name,
            Body=content,
            ContentType=f"{kind}; charset=utf-8" if text else kind,
            CacheControl=caching,
        )

    def forget(self, kept: set[str]) -> int:
        """Erases what no build has needed for a month; how many."""
        before = datetime.datetime.now(datetime.UTC) - KEPT
        old = [
            found["Key"]
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
            for found in page.get("Contents", [])
            if found["Key"] not in kept and found["LastModified"] < before
        ]
        for name in old:
            self.s3.delete_object(Bucket=self.name, Key=name)
        return len(old)


if __name__ == "__main__":
    main()
