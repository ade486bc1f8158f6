"""A thin client of a Kubernetes API server: plain manifests in, plain objects out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import requests

Object = dict[str, Any]
"""A manifest, or what the server made of one."""

_Seen = TypeVar("_Seen")

FIELD_MANAGER = "fleet-tests"
# Merges lists by key: a pod's conditions are written by its scheduler and its kubelet.
_STATUS_PATCH = "application/strategic-merge-patch+json"
_APPLY_PATCH = "application/apply-patch+yaml"


class ApiError(Exception):
    """The server refused a request: its HTTP status code, its reason in one word, and its message."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


class Client:
    """Speaks to one API server as one user."""

    def __init__(self, url: str, authority: Path, token: str) -> None:
        self.url = url
        self.authority = authority
        self.token = token
        self._session = requests.Session()
        self._session.verify = str(authority)
        self._session.headers["Authorization"] = f"Bearer {token}"
        # Neither a proxy nor a .netrc of the machine has a say.
        self._session.trust_env = False
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    def again(self) -> Client:
        """Another one for the same user: no client serves two threads."""
        return Client(self.url, self.authority, self.token)

    def as_service_account(self, namespace: str, name: str) -> Client:
        """One that speaks as a service account, with a token as its pods get it. Raises ApiError."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        wish = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        return Client(self.url, self.authority, self.call("POST", path, json=wish)["status"]["token"])

    def is_ready(self) -> bool:
        """Whether the server serves all requests."""
        try:
            return self._session.get(f"{self.url}/readyz", timeout=5).ok
        except (requests.RequestException, OSError):
            # Its certificate may not be there yet.
            return False

    def apply(self, manifest: Mapping[str, Any], *, dry_run: bool = False) -> Object:
        """The object as the server has it after a server-side apply; with `dry_run` as it would have it.

        A dry run passes the same admission, but nothing is kept. Raises ApiError.
        """
        path = self._path(manifest["apiVersion"], manifest["kind"], _namespace(manifest), manifest["metadata"]["name"])
        return self.apply_text(path, json.dumps(manifest), dry_run=dry_run)

    def apply_text(self, path: str, text: str, *, dry_run: bool = False) -> Object:
        """The same for a manifest as YAML or JSON text, whose path is known. Raises ApiError."""
        query = {"fieldManager": FIELD_MANAGER, "force": "true", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        return self.call("PATCH", path, params=query, data=text.encode(), headers={"Content-Type": _APPLY_PATCH})

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """An object, or None where there is none of the name. Raises ApiError."""
        try:
            return self.call("GET", self._path(api_version, kind, namespace, name))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def read(self, thing: Mapping[str, Any]) -> Object | None:
        """An object as it is now, or None once it is gone. Raises ApiError."""
        return self.get(thing["apiVersion"], thing["kind"], thing["metadata"]["name"], _namespace(thing))

    def list(self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "") -> list[Object]:
        """Objects of a kind, in all namespaces where none is named; `labels` is a selector. Raises ApiError."""
        path = self._path(api_version, kind, namespace, None)
        found: list[Object] = self.call("GET", path, params={"labelSelector": labels})["items"]
        return [{"apiVersion": api_version, "kind": kind, **item} for item in found]

    def delete(self, thing: Mapping[str, Any], *, grace_s: int | None = None) -> None:
        """Asks for an object's deletion, and of what it owns; no error where it is gone. Raises ApiError."""
        path = self._path(thing["apiVersion"], thing["kind"], _namespace(thing), thing["metadata"]["name"])
        options: Object = {"propagationPolicy": "Background"}
        if grace_s is not None:
            options["gracePeriodSeconds"] = grace_s
        try:
            self.call("DELETE", path, json=options)
        except ApiError as error:
            if error.code != 404:
                raise

    def set_status(self, thing: Mapping[str, Any], status: Mapping[str, Any]) -> Object:
        """Merges into an object's status, as only its controller does in a real cluster. Raises ApiError."""
        path = self._path(thing["apiVersion"], thing["kind"], _namespace(thing), thing["metadata"]["name"])
        body = json.dumps({"status": status}).encode()
        return self.call("PATCH", f"{path}/status", data=body, headers={"Content-Type": _STATUS_PATCH})

    def wait(self, look: Callable[[], _Seen | None], what: str, *, seconds: float = 15) -> _Seen:
        """What `look` sees once that is something; fails when it is nothing for some seconds."""
        give_up = time.monotonic() + seconds
        while not (seen := look()):
            assert time.monotonic() < give_up, f"not within {seconds:g} s: {what}"
            time.sleep(0.05)
        return seen

    def call(self, method: str, path: str, **options: Any) -> Object:
        """The server's answer to a request. Raises ApiError."""
        answer = self._session.request(method, self.url + path, timeout=30, **options)
        try:
            body: Object = answer.json()
        except requests.JSONDecodeError:
            body = {"message": answer.text}
        if answer.ok:
            return body
        raise ApiError(answer.status_code, body.get("reason", ""), body.get("message", answer.text))

    def _path(self, api_version: str, kind: str, namespace: str | None, name: str | None) -> str:
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if (api_version, kind) not in self._kinds:
            self._learn(root, api_version)
        try:
            plural, namespaced = self._kinds[api_version, kind]
        except KeyError:
            raise ApiError(404, "NotFound", f"the server has no {kind} in {api_version}") from None
        if namespaced and (namespace or name):
            root = f"{root}/namespaces/{namespace or 'default'}"
        return f"{root}/{plural}/{name}" if name else f"{root}/{plural}"

    def _learn(self, root: str, api_version: str) -> None:
        try:
            resources = self.call("GET", root)["resources"]
        except ApiError as error:
            if error.code == 404:
                return
            raise
        for resource in resources:
            if "/" not in resource["name"]:
                self._kinds[api_version, resource["kind"]] = resource["name"], resource["namespaced"]


def _namespace(thing: Mapping[str, Any]) -> str | None:
    namespace: str | None = thing["metadata"].get("namespace")
    return namespace
