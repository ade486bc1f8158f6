"""Keys of Compose in a group's file: what this project calls them, with the value translated.

The keys are those of the Compose Specification (services), as of 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fleet.load.compose_values import command, flow, mounts, number, ports, size, user, words
from fleet.source.document import KeyPath
from fleet.source.secrets import holds_secret_value

Remedy = Callable[[Any], str]

_EXCEPTION = "with reason and until under hardening.exceptions"
_CONTAINER_DEPTH = 3
"""Length of the path of a container's key: containers, its name, the key."""


def unknown_key_remedy(path: KeyPath, value: object) -> str:
    """What to write for a key that only Compose has; empty for any other unknown key."""
    text = _of_key(path, value)
    # A value may be a secret of no key's name; the faults' own search does not read what is rewritten.
    return "" if holds_secret_value(text) else text


def _of_key(path: KeyPath, value: object) -> str:
    key = str(path[-1])
    if len(path) == 1 and key in _TOP:
        return _TOP[key]
    if len(path) == 1 and key in _SERVICE:
        return f"in containers.main: {_SERVICE[key](value)}"
    if len(path) == 1 and key in _OF_CONTAINERS:
        return f"write it under containers.main: {key}"
    if len(path) == _CONTAINER_DEPTH and path[0] == "containers":
        return _SERVICE[key](value) if key in _SERVICE else ""
    return ""


def value_remedy(path: KeyPath, value: object) -> str:
    """What to write for a value in Compose's form under a key that both have; empty for any other."""
    text = _of_value(path, value)
    return "" if holds_secret_value(text) else text


def _of_value(path: KeyPath, value: object) -> str:
    if path == ("ports",) and isinstance(value, list):
        return f"write ports: {ports(value)}"
    if len(path) != _CONTAINER_DEPTH or path[0] != "containers":
        return ""
    match path[-1], value:
        case "restart", "unless-stopped":
            return "write restart: always; a container that you stop stays stopped until the daemon restarts"
        case "restart", False:
            return 'write restart: "no", in quotes'
        case "restart", str() if value.startswith("on-failure:"):
            return f"write restart: on-failure and restarts_max: {value.partition(':')[2] or '5'}"
        case "command" | "entrypoint" as key, str():
            return f"write {key}: {command(value)}, or as a list of words without a shell"
        case "build", str() | dict():
            return "write build: {context: images/<folder>}, a folder of this project with a Dockerfile"
        case "labels" | "env" as key, list():
            return f"write {key} as `name: value` lines"
        case "image", str():
            return f"write image: {flow({'reference': _full(value)})}"
    return ""


def _full(reference: str) -> str:
    """A reference with Docker Hub's host, which Compose leaves out."""
    first, slash, _ = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"


def _write(text: str) -> Remedy:
    return lambda _: text


def _user(value: Any) -> str:
    if given := user(value):
        return f"write hardening: {{run_as: {given}}}, {_EXCEPTION} if an id is 10000 or below"
    return "write hardening: {run_as: <uid>:<gid>} with numbers, or hardening.as_image to keep the image's user"


def _capabilities(value: Any) -> str:
    names = [word if word.startswith("CAP_") else f"CAP_{word}" for word in map(str.upper, words(value))]
    return f"write hardening: {{capabilities: {flow(names)}}}, {_EXCEPTION}"


def _tmpfs(value: Any) -> str:
    folders = {}
    for word in words(value):
        path, _, options = word.partition(":")
        sizes = [option.partition("=")[2] for option in options.split(",") if option.startswith("size=")]
        folders[path] = size(sizes[-1]) if sizes else "64MiB"
    return f"write hardening: {{tmpfs: {flow(folders)}}}"


def _volumes(value: Any) -> str:
    found, volumes, binds = mounts(value)
    found, volumes = found or "{<volume>: {path: <path>}}", volumes or "{<volume>: {}}"
    text = f"write mounts: {found} here, and volumes: {volumes} at the top"
    return f"{text}; for the folder, machine.binds: {binds} in the stack's file" if binds else text


def _health(value: Any) -> str:
    given = value if isinstance(value, dict) else {}
    if given.get("disable") is True:
        return "drop it: every container has a health check; write health: {command: [...]}"
    health = [f"command: {command(given['test'])}"] if "test" in given else []
    health += [
        f"{key}: {flow(given[key])}" for key in ("interval", "timeout", "retries", "start_period") if key in given
    ]
    return f"write health: {{{', '.join(health) or 'command: [...]'}}}"


def _deploy(value: Any) -> str:
    given = _mapping(value)
    resources = _mapping(given.get("resources"))
    bounds = {"request": _mapping(resources.get("reservations")), "limit": _mapping(resources.get("limits"))}
    memory = {name: size(part["memory"]) for name, part in bounds.items() if "memory" in part}
    cpu = [f"{name}: {number(part['cpus'])}" for name, part in bounds.items() if "cpus" in part]
    parts = [f"memory: {flow(memory)}"] if memory else []
    parts += [f"cpu: {{{', '.join(cpu)}}}"] if cpu else []
    parts += [_GPU] if bounds["request"].get("devices") else []
    text = f"write {', '.join(parts)}" if parts else "write memory, cpu and gpu of the container instead"
    return f"{text}; {_count(given['replicas'])}" if "replicas" in given else text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _environment(value: Any) -> str:
    return "write env, as `NAME: value` lines; name secrets under `secrets`" if isinstance(value, list) else "write env"


def _depends_on(value: Any) -> str:
    return f"write start_after: {flow(words(value) or ['<group>'])} at the top; sidecars start with their group"


def _links(value: Any) -> str:
    return f"write peers: {flow([word.partition(':')[0] for word in words(value)] or ['<group>'])} at the top"


def _extra_hosts(value: Any) -> str:
    pairs = value.items() if isinstance(value, dict) else (re.split("[:=]", word, maxsplit=1) for word in words(value))
    hosts = {str(pair[0]): str(pair[1]) for pair in map(tuple, pairs) if len(pair) == 2}
    return f"write hosts: {flow(hosts or {'<name>': '<address>'})} at the top"


def _ulimits(value: Any) -> str:
    given = value if isinstance(value, dict) else {}
    files = given.get("nofile")
    files = files.get("hard") if isinstance(files, dict) else files
    parts = [f"write hardening: {{open_files: {files}}}"] if isinstance(files, int) else []
    parts += ["set machine.process_limit in the stack's file for nproc"] if "nproc" in given else []
    return "; ".join(parts) or "drop it: hardening.open_files and machine.process_limit are the limits there are"


def _security(value: Any) -> str:
    options = words(value)
    if any("seccomp" in option and "unconfined" in option for option in options):
        return f"write hardening: {{seccomp: unconfined}}, {_EXCEPTION}"
    return "drop it: no-new-privileges and the daemon's profiles are the default"


def _platform(value: Any) -> str:
    arch = str(value).removeprefix("linux/").partition("/")[0]
    return f"write image: {{reference: ..., platforms: {flow([arch])}}}"


def _count(value: Any) -> str:
    return f"write scaling: {{min: {value}, max: {value}}} at the top" if isinstance(value, int) else "use scaling"


_GPU = "gpu: {request: <size>, limit: <size>, enforcement: framework}"
_OWN_NETWORK = "drop it: a group has its own network namespace on the network of its machine or tenant"
_ISOLATED = "drop it: containers do not share namespaces of the host"
_FILES = "write files: {<path in the container>: <file of the project>} in the container"
_NOT_SUPPORTED = "drop it: it is not supported"
_NAMED = "drop it: a container is named after its group, <group> or <group>-<sidecar>"

_SERVICE: Mapping[str, Remedy] = {
    "annotations": _write("write labels, which are annotations on a cluster"),
    "cap_add": _capabilities,
    "cap_drop": _write("drop it: all capabilities are dropped"),
    "configs": _write(_FILES),
    "container_name": _write(_NAMED),
    "cpu_count": lambda value: f"write cpu: {{limit: {number(value)}}}",
    "cpu_quota": lambda value: f"write cpu: {{limit: {number(value, 100_000)}}}, if cpu_period is the default",
    "cpu_shares": lambda value: f"write cpu: {{request: {number(value, 1024)}, limit: <cpus>}}",
    "cpus": lambda value: f"write cpu: {{limit: {number(value)}}}",
    "depends_on": _depends_on,
    "deploy": _deploy,
    "environment": _environment,
    "expose": lambda value: f"write ports: {ports(value)} at the top",
    "external_links": _links,
    "extra_hosts": _extra_hosts,
    "gpus": _write(f"write {_GPU}"),
    "group_add": _write("set machine.devices.<device>.group_id in the stack's file for a device's group"),
    "healthcheck": _health,
    "hostname": _write(_NAMED),
    "ipc": _write(f"write hardening: {{host_ipc: true}} for host, {_EXCEPTION}; else drop it"),
    "label_file": _write("write labels, as `name: value` lines"),
    "links": _links,
    "logging": _write("drop it: logs are bounded to three files of 10 MB"),
    "mem_limit": lambda value: f"write memory: {{request: <size>, limit: {size(value)}}}",
    "mem_reservation": lambda value: f"write memory: {{request: {size(value)}}}",
    "memswap_limit": _write("drop it: containers do not swap"),
    "network_mode": lambda value: (
        f"write hardening: {{host_network: true}}, {_EXCEPTION}" if value == "host" else _OWN_NETWORK
    ),
    "networks": _write(_OWN_NETWORK),
    "pids_limit": _write("set machine.process_limit in the stack's file"),
    "platform": _platform,
    "ports": lambda value: f"write ports: {ports(value)} at the top",
    "privileged": _write("drop it, and name what it needs under hardening.capabilities and devices"),
    "profiles": _write("drop it, and name the group in fleet:modes of the stack that runs it"),
    "pull_policy": _write("drop it: an image pinned by its digest never changes"),
    "read_only": lambda value: (
        "drop it: a read-only root is the default"
        if value is True
        else f"write hardening: {{read_only_root: false}}, {_EXCEPTION}"
    ),
    "runtime": _write(f"write {_GPU} for nvidia; else drop it"),
    "scale": _count,
    "security_opt": _security,
    "shm_size": lambda value: f"write shared_memory: {size(value)}",
    "stdin_open": _write("drop it, or write tty: true for a program that needs a terminal"),
    "stop_grace_period": lambda value: f"write stop_grace: {flow(value) if isinstance(value, str) else '<seconds>s'}",
    "stop_signal": _write("drop it: programs get SIGTERM"),
    "tmpfs": _tmpfs,
    "ulimits": _ulimits,
    "user": _user,
    "volumes": _volumes,
    **dict.fromkeys(("cgroup", "pid", "userns_mode", "uts"), _write(_ISOLATED)),
    "dns": lambda value: f"write machine.dns: {flow(words(value))} in the stack's file",
    **dict.fromkeys(("dns_opt", "dns_search", "domainname", "mac_address"), _write(_OWN_NETWORK)),
    **dict.fromkeys(
        (
            "attach", "blkio_config", "cgroup_parent", "cpu_percent", "cpu_period", "cpu_rt_period", "cpu_rt_runtime",
            "cpuset", "credential_spec", "develop", "device_cgroup_rules", "driver_opts", "extends", "isolation",
            "mem_swappiness", "models", "oom_kill_disable", "oom_score_adj", "post_start", "pre_stop", "provider",
            "storage_opt", "sysctls", "use_api_socket", "volumes_from",
        ),
        _write(_NOT_SUPPORTED),
    ),
}  # fmt: skip
"""Key of a Compose service that a container lacks -> what to write."""

_OF_CONTAINERS = frozenset(
    {"build", "command", "devices", "entrypoint", "image", "init", "restart", "tty", "working_dir"}
)
"""Keys of a Compose service that a container has too."""

_TOP = {
    "services": "write one file a group: each service is a container, the only one of a group is containers.main",
    "version": "drop it",
    "networks": _OWN_NETWORK,
    "configs": _FILES,
    "secrets": "name them under secrets of each container",
}
"""Key at the top of a Compose file -> what to write."""
