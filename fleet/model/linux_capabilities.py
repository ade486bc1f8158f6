"""Capabilities of Linux, by include/uapi/linux/capability.h of Linux 6.12. A daemon refuses any other name."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from fleet.source.redaction import shown
from fleet.source.similar import closest

_NAMES = """
AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER
FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE
NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE
SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM
"""

CAPABILITIES = tuple(f"CAP_{name}" for name in _NAMES.split())


def _known(name: str) -> str:
    if name not in CAPABILITIES:
        if name.upper().removeprefix("CAP_") == "ALL":
            msg = f"{shown(name)} would add back every capability; name each one, like CAP_NET_BIND_SERVICE"
            raise ValueError(msg)
        close = closest(f"CAP_{name.upper().removeprefix('CAP_')}", CAPABILITIES, cutoff=0.8)
        remedy = f"did you mean {close[0]}?" if close else "use one of capabilities(7), like CAP_NET_BIND_SERVICE"
        msg = f"{shown(name)} is not a capability of Linux; {remedy}"
        raise ValueError(msg)
    return name


Capability = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(CAPABILITIES)})]
