"""`fleet export`: a deployment as files for another tool, rendered by the same code as the Pulumi components."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.options import allow_violations_option, policy_config_option, stack_argument, without_gpu_option
from cli.terminal import Exit, UserError, print_document, project_root
from cli.writing import copy_tree, write_tree
from fleet.text import plural

if TYPE_CHECKING:
    from fleet.load.project import Project
    from fleet.model import Fleet
    from fleet.plan.deployment import Deployment

COMPOSE_FILE = "compose.yaml"
FC = TypeVar("FC", bound=Callable[..., Any])
_STDOUT = "-"


@click.group()
def export() -> None:
    """Export a deployment for another tool."""


def _options(help_text: str, default: str | None = _STDOUT) -> Callable[[FC], FC]:
    """The argument and options of every export."""
    folder = click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path),
        required=default is None,
        default=default,
        show_default=True,
        help=help_text,
    )
    return lambda command: stack_argument(
        folder(without_gpu_option(policy_config_option(allow_violations_option(command))))
    )


@dataclass(frozen=True)
class _Export:
    """What to export, and where to."""

    kind: str
    stack: str
    folder: Path
    without_gpu: bool
    policy_config: Path | None
    allow_violations: bool

    @property
    def to_stdout(self) -> bool:
        return str(self.folder) == _STDOUT

    @property
    def mark(self) -> str:
        """In the first lines of every file that can carry it."""
        return f"Made by `fleet export {self.kind} "

    @property
    def made_by(self) -> str:
        switch = " --without-gpu" if self.without_gpu else ""
        return f"{self.mark}{self.stack}{switch}` {self.source} and groups/."

    @property
    def source(self) -> str:
        """Follows the mark in these lines."""
        return f"from Pulumi.{self.stack}.yaml"

    def run(
        self, files: Callable[[Fleet, Deployment], Mapping[str, str]], finish: Callable[[Deployment, int], None]
    ) -> Exit:
        """Plans, judges and writes. files: file -> text; finish: gets their number once they are in the folder."""
        project, deployment = self._planned()
        with self._judged(project, deployment) as ensure_allowed:
            texts = files(project.fleet, deployment)
            ensure_allowed()
        if self.to_stdout:
            print_document("".join(texts.values()))
            return Exit.GOOD
        write_tree(self.folder, texts, self.mark, source=self.source, only=self.kind != "compose")
        finish(deployment, len(texts))
        return Exit.GOOD

    def _planned(self) -> tuple[Project, Deployment]:
        """The project and the stack's plan. Raises UserError if its target has no export of this kind."""
        from cli.view.targets.base import view_of
        from cli.waivers import ensure_waivers_name_rules
        from fleet.load.project import load_project
        from fleet.model import Target
        from fleet.plan.planner import plan_stack

        project = load_project(project_root())
        ensure_waivers_name_rules(project)
        deployment = plan_stack(project.fleet, self.stack, without_gpu=self.without_gpu)
        actual = deployment.machine.target
        exports = view_of(actual).exports
        if self.kind not in exports:
            target = next(target for target in Target if self.kind in view_of(target).exports)
            msg = f"{self.stack}: its target is {actual}, not {target}; use `fleet export {exports[0]} {self.stack}`"
            raise UserError(msg)
        if self.without_gpu and deployment.gpus_dropped:
            print(f"without GPU: {', '.join(deployment.gpus_dropped)} request one and run without", file=sys.stderr)
        return project, deployment

    @contextmanager
    def _judged(self, project: Project, deployment: Deployment) -> Iterator[Callable[[], None]]:
        """Judges the stack meanwhile; yields a function that exits if a mandatory policy is violated."""
        from datetime import date

        from cli.judging import judging_deployment

        def ensure_allowed() -> None:
            judged = result()
            if judged.violated:
                from cli.view.findings_text import show_violations

                ending = "exported anyway" if self.allow_violations else "nothing exported (see --allow-violations)"
                show_violations(self.stack, judged, ending)
                if not self.allow_violations:
                    raise SystemExit(Exit.POLICY_VIOLATED)

        with judging_deployment(project, deployment, date.today(), self.policy_config) as result:
            yield ensure_allowed


@export.command()
@_options("Folder for compose.yaml; - for standard output")
def compose(**options: Any) -> Exit:
    """Export a Docker stack as a Compose file, with all that its images are built from."""
    from cli.view.compose_text import compose_text, stand_in_notes, start_commands
    from components.docker.compose_images import contexts

    job = _Export("compose", **options)

    def finish(deployment: Deployment, _: int) -> None:
        copy_tree(job.folder, project_root(), contexts(deployment))
        for note in stand_in_notes(deployment):
            print(note, file=sys.stderr)
        file = job.folder / COMPOSE_FILE
        commands = "\n".join(f"  {command}" for command in start_commands(deployment, file))
        print(f"{file}: {plural(len(deployment.containers), 'service')} of {job.stack}; start them with\n{commands}")

    return job.run(lambda _, deployment: {COMPOSE_FILE: compose_text(deployment, job.made_by)}, finish)


@export.command()
@_options("Folder for one file per group; - for standard output")
def kubernetes(**options: Any) -> Exit:
    """Export a Kubernetes stack as plain manifests."""
    from components.kubernetes.files import manifest_files, manifest_stream

    job = _Export("kubernetes", **options)

    def files(_: Fleet, deployment: Deployment) -> Mapping[str, str]:
        if job.to_stdout:
            return {_STDOUT: manifest_stream(deployment, job.made_by)}
        return manifest_files(deployment, job.made_by)

    def finish(_: Deployment, count: int) -> None:
        print(f"{job.folder}: {count} files of {job.stack}; the first one lists the cluster's requirements")

    return job.run(files, finish)


@export.command()
@_options("Folder for the chart", None)
def helm(**options: Any) -> Exit:
    """Export a Kubernetes stack as a Helm chart, with values for images, resources, copies, hosts and tenants."""
    from components.kubernetes.charts.nodes import NAMESPACE_MARK
    from components.kubernetes.helm import chart
    from fleet.plan.kubernetes_namespaces import moved
    from fleet.plan.planner import plan_stack

    job = _Export("helm", **options)

    def files(fleet: Fleet, deployment: Deployment) -> Mapping[str, str]:
        elsewhere = plan_stack(moved(fleet, job.stack, NAMESPACE_MARK), job.stack, without_gpu=job.without_gpu)
        return chart(deployment, elsewhere, job.made_by)

    def finish(_deployment: Deployment, _count: int) -> None:
        command = f"helm upgrade --install {job.stack} {job.folder} --namespace default"
        print(f"{job.folder}: chart of {job.stack}; {command}")

    return job.run(files, finish)


@export.command()
@_options("Folder for one file per service; - for standard output")
def knative(**options: Any) -> Exit:
    """Export a Cloud Run stack for a cluster with Knative Serving."""
    from cli.view.export_text import knative_files

    job = _Export("knative", **options)

    def finish(_: Deployment, count: int) -> None:
        requirements = "the first one lists the requirements and what is not exported"
        print(f"{job.folder}: {count} files of {job.stack}; {requirements}")

    return job.run(lambda _, deployment: knative_files(deployment, job.made_by), finish)
