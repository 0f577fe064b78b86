"""Where the stack's HTTP API is."""

from __future__ import annotations

from server import Failure, Server
from stack import Stack

API = "AWS::ApiGatewayV2::Api"
STAGE = "AWS::ApiGatewayV2::Stage"


def address(server: Server, stack: Stack) -> str:
    """The address of the stack's one HTTP API. By path and not by host: `<id>.execute-api.<host>` is a name that few resolvers
    know."""
    apis, stages = stack.of_type(API), stack.of_type(STAGE)
    if len(apis) != 1 or len(stages) != 1:
        raise Failure(f"expected one HTTP API with one stage, found {sorted(apis)} and {sorted(stages)}")
    (api,), (stage,) = apis.values(), stages.values()
    return f"{server.endpoint}/_aws/execute-api/{api}/{stage}"
