"""`docker.Container` properties to a ContainerView."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fleet.labels import IMAGE_BASE, SECRET_ENV
from policy.readers.containers import capabilities
from policy.readers.values import Properties, as_items, is_unknown
from policy.views.container import BIND, DOCKER, TMPFS, VOLUME, ContainerView, Mount, PublishedPort
from policy.views.scalars import as_text

_BUILT_IN_NETWORKS = ("bridge", "default", "host", "none")
_ENDLESS_LOG = ("", "-1", "0")
_PROPAGATIONS = ("shared", "rshared", "slave", "rslave", "private", "rprivate")
_NO_CARD_BY_NAME = ("", "all", "none", "void")
_MADE_UP = re.compile(r"[0-9a-f]{7}")
"""Suffix that the provider appends to a logical name."""
_TMPFS_SIZE = re.compile(r"\s*size=([0-9]{1,18})([kKmMgG]?)\s*")
_UNIT_BYTES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_CPU_PERIOD_US = 100_000
"""The kernel's default period of a quota."""


def docker_container(given: Properties, name: str, kind: str) -> ContainerView:
    """A `docker:index/container:Container`."""
    network_mode, labels = given.text("networkMode", "network_mode"), read_labels(given)
    secret_variables = tuple(filter(None, labels.get(SECRET_ENV, "").split(",")))
    security = _security_options(given)
    view = ContainerView(
        subject=name,
        target=DOCKER,
        name=given.text("name", "name") or name,
        # What the project adds to an image is its own; the image below it is from elsewhere.
        image=labels.get(IMAGE_BASE) or given.text("image", "image"),
        user=given.text("user", "user"),
        groups=tuple(given.texts("groupAdds", "groups")),
        privileged=given.flag("privileged", "privileged"),
        no_new_privileges=_no_new_privileges(security),
        capabilities_added=capabilities(given, "adds", "capabilities_added"),
        capabilities_dropped=capabilities(given, "drops", "capabilities_dropped"),
        seccomp=_seccomp(security),
        apparmor=next((value for name, value in reversed(security) if name == "apparmor" and value), None),
        selinux=tuple(_selinux(security)),
        sysctls=tuple(given.mapping("sysctls", "sysctls")),
        read_only_root=given.flag("readOnly", "read_only_root"),
        host_network=network_mode == "host",
        host_pid=given.text("pidMode", "host_pid") == "host",
        host_ipc=given.text("ipcMode", "host_ipc") == "host",
        host_user_namespace=given.text("usernsMode", "host_user_namespace") == "host",
        host_cgroup_namespace=given.text("cgroupnsMode", "host_cgroup_namespace") == "host",
        mounts=tuple(_mounts(given)),
        devices=tuple(
            filter(None, (entry.text("hostPath", "devices") for entry in given.entries("devices", "devices")))
        ),
        ports=tuple(_ports(given)),
        network_mode=network_mode,
        networks=tuple(_networks(given, network_mode)),
        extra_hosts=tuple(
            (entry.text("host", "extra_hosts") or "", entry.text("ip", "extra_hosts") or "")
            for entry in given.entries("hosts", "extra_hosts")
        ),
        memory_limit_mib=given.whole("memory", "memory_limit_mib"),
        cpu_limit=_cpu_limit(given),
        process_limit=_hard_limit(given, "nproc", "process_limit"),
        open_files_limit=_hard_limit(given, "nofile", "open_files_limit"),
        shared_memory_mib=given.whole("shmSize", "shared_memory_mib"),
        log_driver=given.text("logDriver", "log_bounded"),
        log_bounded=_log_bounded(given),
        health_check=_health_check(given),
        check_commands=tuple(_check_commands(given)),
        restart=given.text("restart", "restart"),
        restart_max=given.whole("maxRetryCount", "restart"),
        stop_grace_s=given.whole("destroyGraceSeconds", "stop_grace_s"),
        one_shot=_one_shot(given),
        # The engine shows policies the values of secrets.
        env=tuple((name, "" if name in secret_variables else value) for name, value in _env(given)),
        env_secrets=secret_variables,
        init=given.optional_flag("init", "init"),
        args=(*given.texts("entrypoints", "args"), *given.texts("command", "args")),
        gpu=_asks_for_gpu(given),
        gpu_ids=tuple(_gpu_ids(given)),
        ends_first=_has_fixed_name(given, name),
        gpu_runtime="nvidia" in (given.text("runtime", "gpu_runtime") or "").lower(),
        labels=labels,
    )
    _note_derived(given.unknown)
    return view


def read_labels(given: Properties) -> Mapping[str, str]:
    """Labels of a Docker resource: a list of `{label, value}`."""
    pairs = (
        (entry.text("label", "labels"), entry.text("value", "labels")) for entry in given.entries("labels", "labels")
    )
    return {label: value or "" for label, value in pairs if label}


def _note_derived(unknown: set[str]) -> None:
    """Network mode decides two fields; security options decide all of theirs."""
    if "network_mode" in unknown:
        unknown |= {"host_network", "networks"}
    if "security_options" in unknown:
        unknown |= {"no_new_privileges", "seccomp", "apparmor", "selinux"}
        unknown.remove("security_options")


def _security_options(given: Properties) -> list[tuple[str, str]]:
    """(name, value) of each option; Docker takes `=` and the older `:` between them."""
    options = []
    for text in given.texts("securityOpts", "security_options"):
        name, _, value = text.replace(":", "=", 1).partition("=") if "=" not in text else text.partition("=")
        options.append((name.strip().lower(), value.strip()))
    return options


def _no_new_privileges(options: list[tuple[str, str]]) -> bool:
    values = [value.lower() for name, value in options if name == "no-new-privileges"]
    return bool(values) and all(value in ("", "true", "1") for value in values)


def _seccomp(options: list[tuple[str, str]]) -> str | None:
    profiles = [value for name, value in options if name == "seccomp"]
    return "unconfined" if "unconfined" in profiles else "custom" if profiles else None


def _selinux(options: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """`label=type:container_t` and the like; `label=disable` switches SELinux off for the container."""
    for name, value in options:
        if name == "label" and value:
            part, _, text = value.partition(":")
            yield part.strip().lower(), text.strip()


def _mounts(given: Properties) -> Iterator[Mount]:
    for entry in given.entries("volumes", "mounts"):
        host_path = entry.text("hostPath", "mounts")
        source = host_path or entry.text("volumeName", "mounts") or ""
        # Docker takes a path instead of a volume name as a host directory.
        kind = BIND if host_path or source.startswith("/") else VOLUME
        yield Mount(source, entry.text("containerPath", "mounts") or "", kind, entry.flag("readOnly", "mounts"))
    for entry in given.entries("mounts", "mounts"):
        kind = (entry.text("type", "mounts") or VOLUME).lower()
        source = entry.text("source", "mounts") or ""
        options = entry.nested("volumeOptions", "mounts").nested("driverOptions", "mounts")
        if device := host_folder(options, "mounts"):
            kind, source = BIND, device
        propagation = entry.nested("bindOptions", "mounts").text("propagation", "mounts")
        propagation = propagation or propagation_of(options, "mounts")
        yield Mount(source, entry.text("target", "mounts") or "", kind, entry.flag("readOnly", "mounts"), propagation)
    for path, options in given.mapping("tmpfs", "mounts").items():
        yield Mount("", path, TMPFS, memory_mib=_tmpfs_mib(as_text(options) or ""))


def _tmpfs_mib(options: str) -> int | None:
    """Size in the options of a tmpfs, in the kernel's units: bytes, k, m or g."""
    sizes = [match for match in map(_TMPFS_SIZE.fullmatch, options.split(",")) if match]
    return int(sizes[-1][1]) * _UNIT_BYTES[sizes[-1][2].lower()] // _UNIT_BYTES["m"] if sizes else None


def host_folder(options: Properties, field: str) -> str:
    """Host directory or device behind a volume of the local driver; empty if Docker manages it."""
    device = options.text("device", field) or ""
    return device if device.startswith("/") else ""


def propagation_of(options: Properties, field: str) -> str:
    """Propagation in the mount options (`o`: `bind,rshared`) of a volume of the local driver; empty if not set."""
    words = (options.text("o", field) or "").split(",")
    return next((word.strip() for word in words if word.strip().lower() in _PROPAGATIONS), "")


def _ports(given: Properties) -> Iterator[PublishedPort]:
    for entry in given.entries("ports", "ports"):
        yield PublishedPort(
            host_address=entry.text("ip", "ports") or "",
            host_port=entry.whole("external", "ports") or 0,
            container_port=entry.whole("internal", "ports") or 0,
            protocol=(entry.text("protocol", "ports") or "tcp").lower(),
        )
    if given.flag("publishAllPorts", "ports"):
        yield PublishedPort("", 0, 0)


def _networks(given: Properties, network_mode: str | None) -> Iterator[str]:
    # A network that is not created yet may have no name yet, but is user-defined.
    for entry in as_items(given.raw("networksAdvanced", "networks")):
        name = entry.get("name") if isinstance(entry, Mapping) else None
        text = "" if is_unknown(name) or is_unknown(entry) else as_text(name)
        if text is not None and text not in _BUILT_IN_NETWORKS:
            yield text
    if network_mode and network_mode not in _BUILT_IN_NETWORKS and not network_mode.startswith("container:"):
        yield network_mode


def _cpu_limit(given: Properties) -> float | None:
    cpus = given.number("cpus", "cpu_limit")
    quota = given.number("cpuQuota", "cpu_limit")
    if cpus is None and quota is not None and quota > 0:
        return quota / (given.number("cpuPeriod", "cpu_limit") or _CPU_PERIOD_US)
    return cpus


def _hard_limit(given: Properties, name: str, field: str) -> int | None:
    ulimits = given.entries("ulimits", field)
    return next((entry.whole("hard", field) for entry in ulimits if entry.text("name", field) == name), None)


def _log_bounded(given: Properties) -> bool:
    """Whether the log is rotated; of Docker's drivers only json-file grows without limit."""
    driver = given.text("logDriver", "log_bounded")
    if driver == "json-file":
        size = as_text(given.mapping("logOpts", "log_bounded").get("max-size"))
        return (size or "").strip() not in _ENDLESS_LOG
    return driver is not None


def _health_check(given: Properties) -> bool:
    tests = given.nested("healthcheck", "health_check").raw("tests", "health_check")
    return isinstance(tests, list | tuple) and len(tests) > 1 and tests[0] != "NONE"


def _check_commands(given: Properties) -> Iterator[tuple[str, ...]]:
    if command := given.nested("healthcheck", "check_commands").texts("tests", "check_commands"):
        yield tuple(command)


_ENDING = (None, "no", "on-failure")
"""Restart policies of what is not restarted after exit code 0."""


def _one_shot(given: Properties) -> bool:
    return given.raw("mustRun", "restart") in (False, "false") and given.text("restart", "restart") in _ENDING


def _env(given: Properties) -> Iterator[tuple[str, str]]:
    for text in given.texts("envs", "env"):
        name, _, value = text.partition("=")
        yield name, value


def _asks_for_gpu(given: Properties) -> bool:
    by_request = [_is_gpu(request) for request in given.entries("deviceRequests", "gpu")]
    return given.text("gpus", "gpu") is not None or any(by_request)


def _is_gpu(request: Properties) -> bool:
    """Whether a device request is for a GPU: unless every device is a CDI name of another class."""
    ids = request.texts("deviceIds", "gpu")
    others = [name for name in ids if "=" in name and "gpu" not in name.lower()]
    return not ids or len(others) < len(ids)


def _gpu_ids(given: Properties) -> Iterator[str]:
    """From device requests, the short form `device=0,GPU-...`, and the variable that NVIDIA's runtime reads."""
    for request in given.entries("deviceRequests", "gpu"):
        if _is_gpu(request):
            yield from request.texts("deviceIds", "gpu")
    kind, _, names = (given.text("gpus", "gpu") or "").strip("\"'").partition("device=")
    if not kind and names:
        yield from _listed(names)
    for name, value in _env(given):
        if name == "NVIDIA_VISIBLE_DEVICES" and value.strip().lower() not in _NO_CARD_BY_NAME:
            yield from _listed(value)


def _listed(text: str) -> Iterator[str]:
    yield from (name.strip() for name in text.split(",") if name.strip())


def _has_fixed_name(given: Properties, logical: str) -> bool:
    """Whether the program sets its name, which must be free before a replacement starts. Generated names are unique."""
    name = given.text("name", "name")
    made_up = name is None or (name.startswith(f"{logical}-") and _MADE_UP.fullmatch(name, len(logical) + 1))
    return "name" in given.unknown or not (made_up or "name" in given.texts("__defaults", "name"))
