"""Resources that hold data: what an update would stop at, and what `fleet down` keeps."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cli.diagnostics.fix_commands import Fixes
from cli.terminal import UserError
from components.listing import inventory
from fleet.plan.deployment import Deployment
from fleet.text import plural

_VOLUME = "docker:index/volume:Volume"
_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
_KINDS = {_VOLUME: "volume", _CLAIM: "claim"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A protected resource of a stack's state that is retained when it is deleted from the state."""

    urn: str
    type: str
    id: str
    """The provider's name for it: of a volume its name, of a claim `<namespace>/<name>`."""
    device: str = ""
    """Host folder of a volume, if it is one."""

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.rpartition("::")[2]

    def __str__(self) -> str:
        return f"{_KINDS.get(self.type, self.type.rpartition(':')[2].lower())} {self.id}"


def kept_in(state: str) -> list[Kept]:
    """Protected and retained resources of a state, as `pulumi stack export` prints it."""
    resources = (json.loads(state).get("deployment") or {}).get("resources") or []
    return [
        Kept(
            resource["urn"],
            resource["type"],
            resource.get("id", ""),
            (resource.get("inputs", {}).get("driverOpts") or {}).get("device", ""),
        )
        for resource in resources
        if resource.get("protect") and resource.get("retainOnDelete") and not resource.get("delete")
    ]


def ensure_nothing_kept_is_removed(kept: Iterable[Kept], deployment: Deployment) -> None:
    """Raises UserError if an update would remove protected resources: it would fail halfway."""
    planned = {(entry.type, entry.name) for entry in inventory(deployment).walk()}
    removed = [one for one in kept if (one.type, one.name) not in planned]
    if not removed:
        return
    unprotect = Fixes(deployment).pulumi(
        "state", "unprotect", "--stack", deployment.stack, "--yes", *(one.urn for one in removed)
    )
    msg = (
        f"Pulumi.{deployment.stack}.yaml: no group uses {', '.join(map(str, removed))} any more, and Pulumi does not "
        f"remove what is protected; list the group again, or run this to drop {_them(removed)} from the stack, and "
        f"deploy again. The data stays where it is:\n    {unprotect}"
    )
    raise UserError(msg)


def kept_text(kept: Iterable[Kept], deployment: Deployment) -> str:
    """What `fleet down` kept, and the commands that delete it; empty for nothing."""
    return "\n".join(_lines(list(kept), deployment))


def _lines(kept: list[Kept], deployment: Deployment) -> Iterator[str]:
    if not kept:
        return
    fixes = Fixes(deployment)
    yield f"{plural(len(kept), 'resource')} with data kept: {', '.join(map(str, kept))}"
    yield f"the next `fleet up {deployment.stack}` uses {_them(kept)} again; to delete {_them(kept)} instead, run"
    yield f"    {fixes.pulumi('state', 'unprotect', '--stack', deployment.stack, '--all', '--yes')}"
    yield f"    {fixes.pulumi('destroy', '--stack', deployment.stack, '--yes')}"
    if volumes := [one.id for one in kept if one.type == _VOLUME]:
        yield f"    {fixes.docker('volume', 'rm', *map(shlex.quote, volumes))}"
    context = deployment.machine.connection.partition("://")[2]
    for claim in (one.id for one in kept if one.type == _CLAIM):
        namespace, _, name = claim.partition("/")
        yield f"    kubectl --context {context} --namespace {namespace} delete pvc {name}"
    others = [one for one in kept if one.type not in _KINDS]
    if others:
        yield f"then delete {', '.join(map(str, others))} at {deployment.machine.connection}"
    if folders := [one.device for one in kept if one.device]:
        yield f"folders of the machine keep their files: {', '.join(folders)}"


def _them(kept: list[Kept]) -> str:
    return "it" if len(kept) == 1 else "them"
