"""The stack: deployed by stock `sam deploy`, then read back."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from server import CREDENTIAL, Failure, Server, tail

DEPLOY_SECONDS = 600
NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Stack:
    """What was deployed."""

    name: str
    """Its name."""
    parameters: dict[str, str]
    """Every parameter, with its default where none was given."""
    outputs: dict[str, str]
    """Outputs by name."""
    resources: dict[str, dict[str, str]]
    """`type` and `id` (what `Ref` answers) by logical id; those of the stacks below it too."""

    def of_type(self, kind: str) -> dict[str, str]:
        """The physical ids of the resources of a type, by logical id."""
        return {name: resource["id"] for name, resource in self.resources.items() if resource["type"] == kind}


def client(server: Server, service: str) -> Any:
    """A client of the emulated service."""
    return boto3.client(
        service,
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=CREDENTIAL,
        aws_secret_access_key=CREDENTIAL,
    )


def deploy(server: Server, sam: Path, template: Path, name: str, parameters: dict[str, str]) -> Stack:
    """Deploys a built template and answers what came of it."""
    log = server.logs / "sam-deploy.log"
    # The project's own samconfig.toml is for people's accounts.
    configuration = server.directory / "samconfig.toml"
    configuration.write_text("version = 0.1\n")
    command = [
        *(str(sam.absolute()), "deploy", "--no-confirm-changeset", "--no-progressbar", "--resolve-s3"),
        *("--template-file", str(template.absolute())),
        *("--config-file", str(configuration)),
        *("--stack-name", name),
        *("--region", server.region),
        *("--capabilities", "CAPABILITY_IAM"),
    ]
    if parameters:
        overrides = (f"ParameterKey={key},ParameterValue={json.dumps(value)}" for key, value in parameters.items())
        command += ["--parameter-overrides", *overrides]
    environment = server.environment() | {"SAM_CLI_TELEMETRY": "0"}
    try:
        with log.open("wb") as output:
            subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=DEPLOY_SECONDS,
                check=True,
            )
    except subprocess.TimeoutExpired:
        raise Failure(f"sam deploy: not within {DEPLOY_SECONDS} s\n{tail(log)}") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"sam deploy ended with {error.returncode}\n{tail(log)}") from None
    return read(server, name)


def read(server: Server, name: str) -> Stack:
    """Reads a stack that is there."""
    formation = client(server, "cloudformation")
    stack = formation.describe_stacks(StackName=name)["Stacks"][0]
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Failure(f"the stack {name} is {stack['StackStatus']}")
    return Stack(
        name=name,
        parameters={given["ParameterKey"]: given["ParameterValue"] for given in stack.get("Parameters", [])},
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        resources=_resources(formation, name),
    )


def _resources(formation: Any, name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for page in formation.get_paginator("list_stack_resources").paginate(StackName=name):
        for resource in page["StackResourceSummaries"]:
            kind, physical = resource["ResourceType"], resource["PhysicalResourceId"]
            below = _resources(formation, physical) if kind == NESTED else {}
            own = {resource["LogicalResourceId"]: {"type": kind, "id": physical}}
            if twice := found.keys() & (own | below).keys():
                raise Failure(f"two resources of one name: {sorted(twice)}")
            found |= own | below
    return found
