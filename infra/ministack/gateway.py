"""What MiniStack leaves out of an HTTP API: all that SAM writes into the API's OpenAPI body. Read from the deployed
template, so that no second list of routes exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from server import Failure, Server
from stack import Stack, client

API = "AWS::ApiGatewayV2::Api"
STAGE = "AWS::ApiGatewayV2::Stage"
FUNCTION = "AWS::Lambda::Function"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"}
# SAM's name for "no authorizer".
OPEN = "NONE"


def complete(server: Server, stack: Stack) -> str:
    """Adds authorizers, routes and CORS to the stack's one HTTP API, and answers the API's address."""
    apis, stages = stack.of_type(API), stack.of_type(STAGE)
    if len(apis) != 1 or len(stages) != 1:
        raise Failure(f"expected one HTTP API with one stage, found {sorted(apis)} and {sorted(stages)}")
    ((logical, api),) = apis.items()
    (stage,) = stages.values()
    body = stack.template["Resources"][logical]["Properties"].get("Body")
    if body is None:
        raise Failure(f"{logical} has no body: its routes stand elsewhere")
    resolve = Resolver(server, stack)
    gateway = client(server, "apigatewayv2")

    cors = body.get("x-amazon-apigateway-cors")
    if cors:
        gateway.update_api(ApiId=api, CorsConfiguration={_pascal(key): value for key, value in resolve(cors).items()})
    authorizers = {
        name: _authorizer(gateway, api, name, resolve(scheme["x-amazon-apigateway-authorizer"]))
        for name, scheme in body.get("components", {}).get("securitySchemes", {}).items()
    }
    routes = 0
    for key, operation in _operations(body):
        target = _integration(gateway, api, resolve(operation["x-amazon-apigateway-integration"]))
        required = [name for requirement in operation.get("security", []) for name in requirement if name != OPEN]
        if len(required) > 1:
            raise Failure(f"{key}: an HTTP API asks one authorizer, not {required}")
        security = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[required[0]]} if required else {}
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{target}", **security)
        routes += 1
    if not routes:
        raise Failure(f"{logical} has no routes")
    # By path and not by host: `<id>.execute-api.<host>` is a name that few resolvers know.
    return f"{server.endpoint}/_aws/execute-api/{api}/{stage}"


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in body.get("paths", {}).items():
        for method, operation in item.items():
            # SAM writes Fn::If around the route of a function that has a condition.
            if method.startswith("Fn::"):
                raise Failure(f"{path}: routes on a condition are not known here")
            if method not in METHODS:
                continue
            if path == "/$default":
                yield "$default", operation
            else:
                yield f"{'ANY' if method.startswith('x-') else method.upper()} {path}", operation


def _authorizer(gateway: Any, api: str, name: str, scheme: dict[str, Any]) -> str:
    if scheme["type"].lower() != "request":
        raise Failure(f"the authorizer {name} is of type {scheme['type']}; only Lambda authorizers are expected")
    created = gateway.create_authorizer(
        ApiId=api,
        Name=name,
        AuthorizerType="REQUEST",
        AuthorizerUri=scheme["authorizerUri"],
        AuthorizerPayloadFormatVersion=scheme["authorizerPayloadFormatVersion"],
        EnableSimpleResponses=scheme.get("enableSimpleResponses", False),
        IdentitySource=scheme.get("identitySource", []),
        # What API Gateway takes where the template says nothing.
        AuthorizerResultTtlInSeconds=scheme.get("authorizerResultTtlInSeconds", 300),
    )
    return created["AuthorizerId"]


def _integration(gateway: Any, api: str, integration: dict[str, Any]) -> str:
    created = gateway.create_integration(
        ApiId=api,
        IntegrationType=integration["type"].upper(),
        IntegrationMethod=integration.get("httpMethod", "POST"),
        IntegrationUri=integration["uri"],
        PayloadFormatVersion=integration["payloadFormatVersion"],
        TimeoutInMillis=integration.get("timeoutInMillis", 30_000),
    )
    return created["IntegrationId"]


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


class Resolver:
    """Puts values in place of the intrinsic functions that SAM writes into the body. Knows those alone, and refuses others."""

    def __init__(self, server: Server, stack: Stack) -> None:
        self._references = stack.parameters | {name: resource["id"] for name, resource in stack.resources.items()} | {
            "AWS::Region": server.region,
            "AWS::Partition": "aws",
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        functions = client(server, "lambda")
        self._attributes = {
            f"{logical}.Arn": functions.get_function_configuration(FunctionName=name)["FunctionArn"]
            for logical, name in stack.of_type(FUNCTION).items()
        }

    def __call__(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self(item) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref":
                return self._value(argument, {})
            if function == "Fn::GetAtt":
                return self._value(".".join(argument) if isinstance(argument, list) else argument, {})
            if function == "Fn::Sub":
                text, names = argument if isinstance(argument, list) else (argument, {})
                own = {name: self(value) for name, value in names.items()}
                return re.sub(r"\$\{([^!}]+)\}", lambda found: self._value(found[1], own), text)
            if function.startswith("Fn::"):
                raise Failure(f"{function} in the body of the API is not known here")
        return {key: self(value) for key, value in node.items()}

    def _value(self, name: str, own: dict[str, str]) -> str:
        for known in (own, self._references, self._attributes):
            if name in known:
                return known[name]
        raise Failure(f"{name} in the body of the API is neither a parameter nor a resource of the stack")
