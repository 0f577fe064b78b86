"""Deploys the template, with the bootstraps that `make build` left, into MiniStack, an emulator of AWS, and runs a command against it.

    python infra/ministack/deploy.py --sam .tools/aws/bin/sam --template template.yaml \\
        --parameter Name=Value -- cargo test ...

The command finds the path of a JSON file in LAMBDESK_DEPLOYMENT:

    url         the HTTP API; paths such as /v1/tickets are put behind it
    endpoint    where every AWS service answers, to key `test` and secret `test`
    region, stack, parameters, outputs
    resources   {logical id: {type, id}}, of the stacks below too; the id is what `Ref` answers, but a secret's name and not its ARN
    functions   {handler, which is the function's name in the code: its name in Lambda}
    secrets     {logical id: the secret text}
    mail        GET: every mail that was sent
    messages    GET: every message in every queue, without receiving any; ?QueueUrl= narrows it

Without a command it serves until ctrl-c. In a parameter's value, `{free_port}` stands for a port that nobody listens on: the
command finds it in `parameters`, and can serve there what the functions call, such as an identity provider.

The exit code is the command's; 1 where the deployment failed. MiniStack and the functions are gone at the end in any case.

What differs from AWS, and is made up for here:

- The API's own host name resolves on few machines, so `url` names it by its path.
- Functions learn of the emulator only if the server's own environment has AWS_ENDPOINT_URL, so it has.
- With --check-permissions, policies that allow sending on AWS do not here (`permissions.py`).

What differs, and is not:

- DynamoDB streams: an item in `batchItemFailures` counts as done; a batch that fails is tried each second for ever. Nothing is
  bisected, and only MaximumRecordAgeInSeconds brings a batch to the on-failure destination.
- Ignored: time to live, point-in-time recovery, bucket lifecycles, throttling, reserved concurrency, access logs,
  ExcludePunctuation of generated secrets, `cookies` and `x-forwarded-for` of payload 2.0.
- Refused: StartMessageMoveTask; alarms with metric math; types that MiniStack does not know, such as SES receipt rules and
  composite alarms. A template may have those behind a condition that is false here.
- What event sources and logs do on a function's behalf is not held to its role.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import gateway
import permissions
import stack
from server import Failure, Server, free_port, tail

VARIABLE = "LAMBDESK_DEPLOYMENT"
STOP_SECONDS = 15


def main() -> int:
    """Reads the arguments, does it all, answers the exit code."""
    options = arguments()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        with tempfile.TemporaryDirectory(prefix="lambdesk-ministack-", ignore_cleanup_errors=True) as scratch:
            logs = options.logs or Path(scratch)
            logs.mkdir(parents=True, exist_ok=True)
            with Server(Path(scratch), logs.absolute(), options.region, options.check_permissions) as server:
                return deploy_and_run(server, options)
    except Failure as failure:
        print(f"deploy: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Deploy the built template into MiniStack and run a command against it.")
    parser.add_argument("--sam", type=Path, required=True, help="the sam program; from another environment than MiniStack's")
    parser.add_argument("--template", type=Path, default=Path("template.yaml"), help="what to deploy")
    parser.add_argument("--stack", default="lambdesk", help="name of the stack")
    parser.add_argument("--region", default="eu-central-1", help="the region to play")
    parser.add_argument("--parameter", action="append", default=[], type=assignment, metavar="NAME=VALUE", help="of the template")
    parser.add_argument("--check-permissions", action="store_true", help="hold every call to the policies of its role")
    parser.add_argument("--logs", type=Path, metavar="DIRECTORY", help="where to leave the logs; else they go")
    parser.add_argument("command", nargs="*", help="what to run, after --")
    return parser.parse_args()


def assignment(text: str) -> tuple[str, str]:
    """A name and a value."""
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def deploy_and_run(server: Server, options: argparse.Namespace) -> int:
    """Deploys, completes, describes, runs; answers the command's exit code."""
    parameters = {name: value.replace("{free_port}", str(free_port())) for name, value in options.parameter}
    try:
        deployed = stack.deploy(server, options.sam, options.template, options.stack, parameters)
        url = gateway.address(server, deployed)
        if server.check_permissions:
            permissions.complete(server, deployed)
        description = server.directory / "deployment.json"
        write(description, describe(server, deployed, url))
        code = run(options.command, description) if options.command else serve(description)
    except Failure:
        print(tail(server.log), file=sys.stderr)
        raise
    if code != 0:
        print(tail(server.log), file=sys.stderr)
    return code


def describe(server: Server, deployed: stack.Stack, url: str) -> dict[str, Any]:
    """What the command is told."""
    secrets = stack.client(server, "secretsmanager")
    functions = stack.client(server, "lambda")
    return {
        "url": url,
        "endpoint": server.endpoint,
        "region": server.region,
        "stack": deployed.name,
        "parameters": deployed.parameters,
        "outputs": deployed.outputs,
        "resources": deployed.resources,
        "functions": {
            functions.get_function_configuration(FunctionName=name)["Handler"]: name
            for name in deployed.of_type("AWS::Lambda::Function").values()
        },
        "secrets": {
            logical: secrets.get_secret_value(SecretId=name)["SecretString"]
            for logical, name in deployed.of_type("AWS::SecretsManager::Secret").items()
        },
        "mail": f"{server.endpoint}/_ministack/ses/messages",
        "messages": f"{server.endpoint}/_ministack/sqs/messages",
    }


def write(path: Path, value: dict[str, Any]) -> None:
    """Writes for our eyes alone: the secrets are throw-away, but the habit is not."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(value, indent=2) + "\n")


def run(command: Sequence[str], description: Path) -> int:
    """Runs the command to its end. It may take its time: whoever runs it knows how long."""
    process = subprocess.Popen(command, env=os.environ | {VARIABLE: str(description)})
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def serve(description: Path) -> NoReturn:
    """Says where it is, and stays."""
    print(f"{VARIABLE}={description}", flush=True)
    while True:
        signal.pause()


def interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends as ctrl-c does, so that everything is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
