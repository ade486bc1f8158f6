"""What the stand-in keeps, and how each kind of request changes it. It knows nothing that was not sent to it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.google.documents import Method, camel_case, shown
from tests.google.outputs import outputs

Body = dict[str, Any]
_OF_OLD = frozenset({"compute", "sqladmin", "storage"})
"""APIs that tell what is zero from what is not set, and give both back."""
_VERSION = re.compile(r"^(compute/|storage/|sql/)?(v\d\w*|beta)/")


@dataclass(frozen=True)
class Answer:
    """What comes back."""

    code: int
    body: Any


class Store:
    """Resources by their API and path, and who may do what with them."""

    def __init__(self) -> None:
        self.kept: dict[str, Body] = {}
        self._policies: dict[str, Body] = {}
        self._operations: dict[str, Body] = {}
        self._numbers = itertools.count(1000)

    def answer(self, method: Method, path: str, query: Mapping[str, str], body: Body) -> Answer:
        """Does what a request asks."""
        path = _VERSION.sub("", path)
        plain, _, verb = path.partition(":")
        key = f"{method.api}/{plain}"
        if "operations" in method.id:
            return self._found(method, self._operations.get(key))
        if method.id.startswith("serviceusage."):
            return self._usage(method, key, verb, body)
        if "iampolicy" in method.id.lower():
            return self._policy(method, key, body)
        if method.http == "GET" and method.api == "cloudresourcemanager":
            return Answer(200, {"projectId": key.rpartition("/")[2], "projectNumber": "1", "lifecycleState": "ACTIVE"})
        if method.http == "GET":
            return self._listed(method, key) if method.verb == "list" else self._found(method, self.kept.get(key))
        if method.http == "POST" and not verb and method.verb in ("create", "insert"):
            return self._made(method, key, query, body)
        if method.http == "DELETE":
            if method.id == "sql.users.delete":
                key = f"{key}/{query['name']}"
            gone = self.kept.pop(key, None)
            return self._missing() if gone is None else self._done(method, key, {})
        if method.http in ("PATCH", "PUT"):
            return self._changed(method, key, query, body)
        about, _, _ = key.rpartition("/")
        if method.verb == "patchRule":
            rules = self.kept[about]["rules"]
            mine = int(query["priority"])
            self.kept[about]["rules"] = [{**rule, **body} if rule["priority"] == mine else rule for rule in rules]
        elif method.api == "compute" and about in self.kept:
            # `setLabels`, `setSecurityPolicy`: a part of a resource has a request of its own.
            self.kept[about] |= {name: value for name, value in body.items() if not name.endswith("ingerprint")}
        return self._done(method, key, {})

    def _made(self, method: Method, parent: str, query: Mapping[str, str], body: Body) -> Answer:
        own = next((value for name, value in query.items() if name.endswith("Id")), None)
        name = own or body.get("accountId") or body.get("secretId") or body.get("name") or str(next(self._numbers))
        key = f"{parent}/{str(name).rpartition('/')[2]}"
        key, mine = outputs(method.api, key, _resource(body), next(self._numbers))
        if key in self.kept:
            return Answer(409, {"error": {"code": 409, "message": f"{key} is there already"}})
        self.kept[key] = mine
        return self._done(method, key, mine)

    def _changed(self, method: Method, key: str, query: Mapping[str, str], body: Body) -> Answer:
        old = self.kept.get(key)
        if old is None and method.verb != "create":
            return self._missing()
        if mask := query.get("updateMask") or body.get("updateMask"):
            new = _masked(old or {}, body, mask)
        else:
            new = {**(old if method.http == "PATCH" and old else {}), **body}
        _, mine = outputs(method.api, key, new, next(self._numbers))
        self.kept[key] = mine
        return self._done(method, key, mine)

    def _policy(self, method: Method, key: str, body: Body) -> Answer:
        key = key.removesuffix("/iam")
        if method.verb == "setIamPolicy":
            policy = body.get("policy", body)
            self._policies[key] = {**policy, "etag": f"e{next(self._numbers)}"}
        return Answer(200, self._policies.get(key, {"etag": "e0"}))

    def _usage(self, method: Method, key: str, verb: str, body: Body) -> Answer:
        project = "/".join(key.split("/")[:3])
        if method.verb == "list":
            names = sorted(name for name in self.kept if name.startswith(f"{project}/services/"))
            return Answer(200, {"services": [self.kept[name] for name in names]})
        if method.verb == "generateServiceIdentity":
            service = key.rpartition("/")[2].removesuffix(".googleapis.com")
            email = f"service-1@gcp-sa-{service}.iam.gserviceaccount.com"
            return self._done(method, key, {"email": email, "uniqueId": "1"})
        for service in body.get("serviceIds") or [key.rpartition("/")[2]]:
            name = f"{project}/services/{service}"
            if verb == "disable":
                self.kept.pop(name, None)
            elif verb in ("enable", "batchEnable"):
                about = {"name": name.partition("/")[2], "state": "ENABLED", "config": {"name": service}}
                self.kept[name] = about
        return self._done(method, key, {}) if verb else self._found(method, self.kept.get(key))

    def _listed(self, method: Method, parent: str) -> Answer:
        name = "items" if method.api in ("compute", "sqladmin", "storage") else parent.rpartition("/")[2]
        inside = [body for key, body in self.kept.items() if key.rpartition("/")[0] == parent]
        return Answer(200, self._seen(method, {name: inside}))

    def _found(self, method: Method, body: Body | None) -> Answer:
        return self._missing() if body is None else Answer(200, self._seen(method, body))

    def _done(self, method: Method, key: str, body: Body) -> Answer:
        """A resource, or an operation that has ended with it."""
        if not (method.response or "").endswith("Operation"):
            return Answer(200, self._seen(method, body))
        api, _, path = key.partition("/")
        parent = "/".join(path.split("/")[: path.split("/").index("projects") + 2] if "projects" in path else [])
        number = next(self._numbers)
        if api == "compute":
            scope = path.split("/")[: 4 if "/regions/" in path else 3]
            name = f"compute/{'/'.join(scope)}/operations/op-{number}"
            operation: Body = {"kind": "compute#operation", "name": f"op-{number}", "status": "DONE", "progress": 100}
        elif api == "sqladmin":
            name = f"sqladmin/{parent}/operations/op-{number}"
            operation = {"kind": "sql#operation", "name": f"op-{number}", "status": "DONE", "targetProject": parent[9:]}
        else:
            name = f"{api}/{parent}/operations/op-{number}"
            operation = {"name": name.partition("/")[2], "done": True, "response": body}
        self._operations[name] = operation
        return Answer(200, operation)

    def _seen(self, method: Method, body: Body) -> Body:
        if method.response is None or method.api in _OF_OLD:
            return body
        found: Body = shown(body, method.response, method.schemas)
        return found

    def _missing(self) -> Answer:
        return Answer(404, {"error": {"code": 404, "message": "not found", "status": "NOT_FOUND"}})


def _resource(body: Body) -> Body:
    """What a request is about: some wrap it, and add more to it."""
    wrapped = [value for key, value in body.items() if isinstance(value, dict)]
    return wrapped[0] if wrapped and {*body} & {"accountId", "updateMask"} else body


def _masked(old: Body, body: Body, mask: str) -> Body:
    """The old resource with the fields of a mask taken from a body, dotted and in either spelling."""
    sent = _resource(body)
    new = dict(old)
    for path in mask.split(","):
        steps = [camel_case(step) for step in path.split(".")]
        target, source = new, sent
        for step in steps[:-1]:
            inner = target.get(step)
            target[step] = dict(inner) if isinstance(inner, dict) else {}
            target, source = target[step], (source.get(step) or {})
        if steps[-1] in source:
            target[steps[-1]] = source[steps[-1]]
        else:
            target.pop(steps[-1], None)
    return new
