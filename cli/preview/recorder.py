"""A monitor that records registrations in place of the engine's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.rpc import UNKNOWN as RPC_UNKNOWN

from policy.views.registered import UNKNOWN, Registered

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of a special value in Pulumi's protocol; only secrets have it here."""

SECRET = "[secret]"  # noqa: S105  (shown instead of a secret)

STACK_TYPE = "pulumi:pulumi:Stack"


class Recorder(mocks.MockMonitor):
    """Records every registration in order and answers like a preview: inputs are known, ids are not."""

    def __init__(self) -> None:
        super().__init__(_NoMocks())
        self._registered: list[Registered] = []
        self._outputs: dict[str, dict[str, Any]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN an engine assigns: with the types of all parents but the stack."""
        prefix, _, rest = parent.partition(f"{pulumi.get_project()}::")
        qualified = rest.partition("::")[0]
        chain = f"{qualified}${type_}" if prefix and qualified != STACK_TYPE else type_
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        """Records a registration; a resource's outputs are its inputs."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != STACK_TYPE:
            # The request, with the trace of the program's stack, takes ten times the memory.
            self._registered.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    urn=urn,
                    parent="" if f"::{STACK_TYPE}::" in request.parent else request.parent,
                    inputs=plain(request.object),
                    protect=request.protect,
                    deletes_first=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
                )
            )
        return resource_pb2.RegisterResourceResponse(urn=urn, id="", object=request.object)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Records the outputs of a component or of the stack."""
        self._outputs[request.urn] = plain(request.outputs)
        return empty_pb2.Empty()

    def registered(self) -> list[Registered]:
        """Every resource but the stack, in order of registration; secrets are replaced."""
        return [replace(one, outputs=self._outputs.get(one.urn, {})) for one in self._registered]


def plain(struct: Any) -> dict[str, Any]:
    """A protobuf struct as plain data: unknown values as UNKNOWN, secrets as `[secret]`."""
    return {key: _plain_value(value) for key, value in struct.fields.items()}


def _plain_value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return SECRET if _SIGNATURE in value.struct_value.fields else plain(value.struct_value)
    if kind == "list_value":
        return [_plain_value(item) for item in value.list_value.values]
    if kind == "string_value":
        return UNKNOWN if value.string_value == RPC_UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


class _NoMocks(mocks.Mocks):
    """The recorder answers registrations itself; a provider function cannot be answered offline."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        msg = f"the program calls {args.token}, which needs a live provider; an offline plan cannot answer it"
        raise pulumi.RunError(msg)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        return "", args.inputs
