"""C13 memory-holds-folders."""

from __future__ import annotations

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

C13 = rule("C13")


def memory(size: str | None, path: str = "/scratch") -> dict[str, object]:
    """A pod with one folder in memory."""
    volume = {"name": "extra", "emptyDir": {"medium": "Memory", **({"sizeLimit": size} if size else {})}}
    return {"pod": {"volumes": [volume]}, "volumeMounts": [{"name": "extra", "mountPath": path}]}


def test_folders_within_the_limit_hold() -> None:
    good = {
        "half": container(memory=512, tmpfs={"/tmp": "rw,size=192m"}, shmSize=64),
        "all of it": container(memory=512, tmpfs={"/tmp": "size=448m"}),
        "no size": container(memory=512, tmpfs={"/tmp": "rw,noexec"}, shmSize=64),
        "the host's shared memory": container(memory=512, tmpfs={"/tmp": "size=512m"}, ipcMode="host"),
        "a volume in its place": container(
            memory=512, tmpfs={"/tmp": "size=512m"}, mounts=[{"type": "volume", "source": "x", "target": "/dev/shm"}]
        ),
        "without a limit": container(memory=None, tmpfs={"/tmp": "size=512g"}),
        "an emptyDir": workload(**memory("64Mi")),
        "one without a size": workload(**memory(None)),
        "a service": run_service(),
    }
    assert {what: found for what, one in good.items() if (found := judged(C13, one))} == {}


def test_folders_beyond_the_limit_fail() -> None:
    for options in ("size=512m", "rw,size=536870912", "size=524288k,mode=1777", "size=1m, size=1g"):
        found = violation(C13, container(memory=512, tmpfs={"/tmp": options}))
        assert "memory_limit_mib is 512, less than its folders in memory may take: /tmp" in found, options
    assert "/dev/shm 600 MiB" in violation(C13, container(memory=512, tmpfs={}, shmSize=600))
    assert "/scratch" in blamed(C13, workload(**memory("100Gi")))
    assert "/dev/shm" in blamed(C13, workload(**memory("100Gi", "/dev/shm")))


def test_a_service_on_cloud_run_fails_alike() -> None:
    volumes = [{"name": "big", "emptyDir": {"medium": "MEMORY", "sizeLimit": "100Gi"}}]
    bad = run_service(main={"volumeMounts": [{"name": "big", "mountPath": "/big"}]}, inside={"volumes": volumes})
    assert "/big" in blamed_on_run(C13, bad)
