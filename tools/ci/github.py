"""The part of GitHub's REST API that the workflows need."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.terminal import UserError

PAGE_SIZE = 100
"""Items per page; GitHub's maximum."""

BODY_MAX = 65_536
"""Characters of a comment or an issue; GitHub refuses longer ones."""

_TIMEOUT_S = 30
_BOT = "Bot"


@dataclass(frozen=True)
class Repository:
    """A repository, and the token of the run that may act on it."""

    api: str
    name: str
    token: str = field(repr=False)
    run_url: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Repository:
        """From the variables of every workflow run, and GITHUB_TOKEN, which a step must pass.

        Raises UserError with every missing variable.
        """
        missing = [name for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY") if not environment.get(name)]
        if missing:
            msg = f"{', '.join(missing)}: not set; pass it to the step that calls this"
            raise UserError(msg)
        api = environment.get("GITHUB_API_URL") or "https://api.github.com"
        if urllib.parse.urlsplit(api).scheme not in ("http", "https"):
            msg = f'GITHUB_API_URL: "{api}" is not a web address; leave it as the runner sets it'
            raise UserError(msg)
        name, run = environment["GITHUB_REPOSITORY"], environment.get("GITHUB_RUN_ID", "")
        server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
        run_url = f"{server}/{name}/actions/runs/{run}" if run else ""
        return cls(api.rstrip("/"), name, environment["GITHUB_TOKEN"], run_url)

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """GitHub's decoded response. Raises UserError with its message if it refuses."""
        request = urllib.request.Request(  # noqa: S310  (`of` checks the scheme)
            f"{self.api}/repos/{self.name}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  (as above)
                return json.load(answer)
        except urllib.error.HTTPError as error:
            msg = f"{method} {path}: GitHub returned {error.code} ({_reason(error)}); see the job's permissions"
            raise UserError(msg) from None
        except (OSError, ValueError) as error:
            msg = f"{method} {path}: {self.api} does not answer ({type(error).__name__}); run the job again"
            raise UserError(msg) from None

    def items(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, across its pages."""
        joint = "&" if "?" in path else "?"
        page = 1
        while True:
            found = self.send("GET", f"{path}{joint}per_page={PAGE_SIZE}&page={page}")
            yield from found
            if len(found) < PAGE_SIZE:
                return
            page += 1


def marker(name: str) -> str:
    """First line of a comment or issue, invisible, by which a workflow finds its own."""
    return f"<!-- fleet:{name} -->"


def is_ours(item: Mapping[str, Any], mark: str) -> bool:
    """Whether a workflow wrote a comment or an issue. One in which a person quotes the mark is ignored."""
    return item["user"]["type"] == _BOT and str(item.get("body") or "").startswith(mark)


def fitted(mark: str, text: str, run_url: str) -> str:
    """A body within GitHub's limit: marked, and truncated with a link to the run if too long."""
    whole = f"{mark}\n{text}"
    if len(whole) <= BODY_MAX:
        return whole
    # Close a fenced block that the cut leaves open; it would swallow the note.
    note = f"\n```\n\nTruncated; the full text is in {run_url or 'the run'}.\n"
    kept = whole[: BODY_MAX - len(note)]
    if kept.count("```") % 2 == 0:
        note = note.replace("```\n", "", 1)
    return kept + note


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (OSError, ValueError, KeyError, TypeError):
        return error.reason
