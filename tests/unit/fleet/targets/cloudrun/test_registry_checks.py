"""Registries that Cloud Run pulls from, for the images built here and for ready ones."""

from __future__ import annotations

from pathlib import Path

from fleet.cloudrun_limits import limits
from tests.unit.fleet.sky import DIGEST, SMALL, faults

GOOD = (
    "us-central1-docker.pkg.dev/my-project/fleet", "us-docker.pkg.dev/other-project/fleet/sub",
    "europe-docker.pkg.dev/example.com/my-project/fleet", "gcr.io/my-project", "eu.gcr.io/my-project/x", "owner",
    "docker.io/owner", "ghcr.io/owner/fleet", "GHCR.io/owner", "US-docker.pkg.dev/my-project/fleet",
)  # fmt: skip
BAD = {
    "us-central9-docker.pkg.dev/my-project/fleet": (
        'Artifact Registry has no location us-central9 ("us-central9-docker.pkg.dev/my-project/fleet"); '
        "did you mean us-central1?"
    ),
    "mars-docker.pkg.dev/my-project/fleet": "Artifact Registry has no location mars (",
    "us-central1-docker.pkg.dev/my-project": '"us-central1-docker.pkg.dev/my-project" names no repository; ',
    "us-central1-docker.pkg.dev": '"us-central1-docker.pkg.dev" names no project; ',
    "us-docker.pkg.dev/example.com/my-project": '"us-docker.pkg.dev/example.com/my-project" names no repository; ',
    "us-docker.pkg.dev/short/fleet": '"short" is not the id of a project (',
    "us-docker.pkg.dev/my-project/1fleet": '"1fleet" is not a repository\'s name (',
    "gcr.io": '"gcr.io" names no project; ',
    "quay.io/owner": (
        'Cloud Run pulls no images from quay.io ("quay.io/owner"); push to Artifact Registry, '
        "or add a remote repository for it there, and name that"
    ),
    "localhost:5000": "Cloud Run pulls no images from localhost:5000 (",
    "registry.example/x": "Cloud Run pulls no images from registry.example (",
    "fr.gcr.io/my-project": "Cloud Run pulls no images from fr.gcr.io (",
    "pkg.dev/my-project/fleet": "Cloud Run pulls no images from pkg.dev (",
}


def test_the_registry_is_one_that_cloud_run_reads(tmp_path: Path) -> None:
    assert {name: found for name in GOOD if (found := faults(tmp_path, images={"registry": name}))} == {}
    found = {name: faults(tmp_path, images={"registry": name}) for name in BAD}
    wrong = {
        name: found[name]
        for name, text in BAD.items()
        if len(found[name]) != 1 or not found[name][0].startswith(f"images.registry: {text}")
    }
    assert wrong == {}


def test_ready_images_are_in_one_too(tmp_path: Path) -> None:
    def with_image(reference: str) -> list[str]:
        image = {"reference": f"{reference}@{DIGEST}", "platforms": ["amd64"]}
        main = {"image": image, **SMALL, "health": {"path": "/x"}}
        return faults(tmp_path, groups={"ready": {"containers": {"main": main}}})

    for reference in ("redis:7", "library/redis:7", "gcr.io/cloudrun/hello", *(f"{name}/web:1" for name in GOOD)):
        assert with_image(reference) == [], reference
    for name in BAD:
        (fault,) = with_image(f"{name}/web:1")
        assert fault.startswith("containers.main.image.reference: "), name


def test_no_name_of_a_region_has_a_space() -> None:
    """A name that YAML folds over two lines does."""
    assert [name for name in limits().regions if " " in name] == []
    assert {"australia-southeast2", "me-central1"} <= set(limits().regions)
