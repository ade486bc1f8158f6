"""What APIs add to a resource that was sent: its full name, that it is ready. As little as the provider asks for."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]


def outputs(api: str, key: str, sent: Body, number: int) -> tuple[str, Body]:
    """The key a resource is kept by, and what is kept. number: one that no other resource has."""
    path = key.partition("/")[2]
    if api == "iam":
        return _account(path, sent, number)
    if api == "compute":
        here = f"https://www.googleapis.com/compute/beta/{path}"
        address = {"address": "192.0.2.1"} if "/addresses/" in path else {}
        extra: Body = {
            "id": str(number),
            "selfLink": here,
            "fingerprint": "Zg==",
            "labelFingerprint": "Zg==",
            **address,
        }
        return key, {**sent, **extra}
    if api == "storage":
        here = f"https://www.googleapis.com/storage/v1/{path}"
        return key, {**sent, "id": sent["name"], "selfLink": here, "metageneration": "1", "projectNumber": "1"}
    if api == "sqladmin":
        name = path.rpartition("/")[2]
        return key, {**sent, "name": sent.get("name", name), "state": "RUNNABLE", "instanceType": "CLOUD_SQL_INSTANCE"}
    if api == "logging":
        return key, sent
    if api == "cloudbuild":
        return key, {**sent, "id": path.rpartition("/")[2], "resourceName": path}
    named = {**sent, "name": path}
    return key, {**named, **_run(path, number)} if api == "run" else named


def _account(path: str, sent: Body, number: int) -> tuple[str, Body]:
    project, name = path.split("/")[1], path.rpartition("/")[2]
    email = name if "@" in name else f"{name}@{project}.iam.gserviceaccount.com"
    full = f"projects/{project}/serviceAccounts/{email}"
    about = {"name": full, "email": email, "projectId": project, "uniqueId": str(number)}
    return f"iam/{full}", {**{key: value for key, value in sent.items() if key != "accountId"}, **about}


def _run(path: str, number: int) -> Body:
    name = path.rpartition("/")[2]
    ready = {"type": "Ready", "state": "CONDITION_SUCCEEDED"}
    return {
        "uid": f"uid-{name}",
        "generation": str(number),
        "observedGeneration": str(number),
        "etag": f"e{number}",
        "launchStage": "GA",
        "uri": f"https://{name}.example.invalid",
        "terminalCondition": ready,
        "latestReadyRevision": f"{path}/revisions/{name}-{number}",
        "latestCreatedRevision": f"{path}/revisions/{name}-{number}",
    }
