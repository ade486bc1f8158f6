"""The catalogue as a whole: what is there, at which level, and that each rule says what a reader needs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import policy.rules
from fleet.model.hardening import Hardening
from policy.core.rule import ContainerRule, Level, ResourceRule, Rule, StackRule
from policy.docs.not_covered import ELSEWHERE
from policy.docs.page import page
from policy.engine import catalogue
from policy.views import cloudrun, kubernetes
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView
from policy.views.stack import ImageView, MachineView, NetworkView, ProviderView, VolumeView

MANDATORY, ADVISORY, DISABLED = Level.MANDATORY, Level.ADVISORY, Level.DISABLED
EXPECTED = {
    "A01-non-root-user": MANDATORY,
    "A02-high-uid": ADVISORY,
    "A03-non-root-groups": ADVISORY,
    "A04-no-privileged": MANDATORY,
    "A05-no-new-privileges": MANDATORY,
    "A06-drop-all-caps": MANDATORY,
    "A07-no-dangerous-caps": MANDATORY,
    "A08-seccomp": MANDATORY,
    "A09-apparmor": ADVISORY,
    "A10-selinux-types": ADVISORY,
    "A11-read-only-rootfs": MANDATORY,
    "A12-proc-mount": MANDATORY,
    "A13-safe-sysctls": MANDATORY,
    "A14-own-service-account": MANDATORY,
    "A15-unique-uid": DISABLED,
    "A16-security-context": MANDATORY,
    "A18-image-hardening": MANDATORY,
    "B01-no-host-network": MANDATORY,
    "B02-no-host-pid": MANDATORY,
    "B03-no-host-ipc": MANDATORY,
    "B04-no-host-namespaces": MANDATORY,
    "B05-no-docker-socket": MANDATORY,
    "B06-no-sensitive-host-mounts": MANDATORY,
    "B07-read-only-host-mounts": ADVISORY,
    "B08-volume-types": MANDATORY,
    "B09-mount-propagation": MANDATORY,
    "B10-devices-by-list": MANDATORY,
    "B11-ports-on-an-address": MANDATORY,
    "B12-no-privileged-ports": ADVISORY,
    "B13-no-ssh": MANDATORY,
    "B14-declared-ports": ADVISORY,
    "B15-user-defined-network": MANDATORY,
    "B16-no-host-aliases": MANDATORY,
    "B17-no-host-process": MANDATORY,
    "C01-memory-limit": MANDATORY,
    "C02-memory-request": ADVISORY,
    "C03-cpu-limit": ADVISORY,
    "C04-cpu-request": ADVISORY,
    "C05-process-limit": MANDATORY,
    "C06-open-files-limit": ADVISORY,
    "C07-shared-memory": ADVISORY,
    "C08-empty-dir-limit": ADVISORY,
    "C09-ephemeral-storage": ADVISORY,
    "C10-quota": ADVISORY,
    "C11-memory-fits": MANDATORY,
    "C12-bounded-logs": ADVISORY,
    "C13-memory-holds-folders": ADVISORY,
    "D01-no-latest": MANDATORY,
    "D02-digest-pinned": ADVISORY,
    "D03-known-registry": MANDATORY,
    "D04-no-dead-registry": MANDATORY,
    "D05-verified-signature": DISABLED,
    "D06-recently-scanned": DISABLED,
    "D07-image-platform": MANDATORY,
    "D08-cuda-runs": ADVISORY,
    "D11-pull-policy": ADVISORY,
    "D12-base-pinned": ADVISORY,
    "E01-health-check": MANDATORY,
    "E02-readiness": MANDATORY,
    "E03-ready-is-not-live": ADVISORY,
    "E04-probe-port": MANDATORY,
    "E05-bounded-restarts": ADVISORY,
    "E06-critical-is-spread": ADVISORY,
    "E07-scaler-has-target": MANDATORY,
    "E08-rolled-out": MANDATORY,
    "E09-nothing-dangles": MANDATORY,
    "E10-stop-grace": ADVISORY,
    "E11-backups": ADVISORY,
    "E12-protected-claims": ADVISORY,
    "E13-supervisor-is-first": ADVISORY,
    "F01-isolated": MANDATORY,
    "F02-not-exposed": MANDATORY,
    "F03-encrypted-entry": MANDATORY,
    "F04-no-secrets-in-sight": MANDATORY,
    "F05-secrets-as-files": ADVISORY,
    "F06-no-duplicate-env": MANDATORY,
    "F07-least-rights": MANDATORY,
    "F08-own-namespace": MANDATORY,
    "F09-daemon-encrypted": MANDATORY,
    "F10-encrypted-links": ADVISORY,
    "G01-vram-sum": MANDATORY,
    "G02-vram-declared": MANDATORY,
    "G03-gpu-not-leaked": MANDATORY,
    "G04-enforcement-stated": MANDATORY,
    "G05-framework-agrees": MANDATORY,
    "G06-mps-per-process": MANDATORY,
    "G07-mps-uid": MANDATORY,
    "G08-mps-clients": MANDATORY,
    "G09-mps-fault-domain": ADVISORY,
    "G10-gpu-by-uuid": ADVISORY,
    "G11-rollout-fits": MANDATORY,
    "G12-subnet-disjoint": MANDATORY,
    "G13-address-reachable": MANDATORY,
    "G14-port-unique": MANDATORY,
    "G15-start-order-acyclic": MANDATORY,
    "G16-pi-memory-enforced": MANDATORY,
    "G17-small-board": MANDATORY,
    "G18-single-writer": MANDATORY,
    "G19-agents-have-one-group": MANDATORY,
    "G20-monthly-budget": MANDATORY,
    "G21-highest-cost": ADVISORY,
    "R01-no-public-invoker": MANDATORY,
    "R02-own-account": MANDATORY,
    "R03-ingress-closed": MANDATORY,
    "R04-bounded-instances": MANDATORY,
    "R05-gpu-can-run": MANDATORY,
    "R06-cpu-and-memory": MANDATORY,
    "R07-below-one-cpu": MANDATORY,
    "R08-idle-gpu-accepted": MANDATORY,
    "R09-time-to-start": ADVISORY,
    "R10-pinned-secrets": ADVISORY,
    "R11-private-egress": ADVISORY,
    "R12-traffic-adds-up": MANDATORY,
    "R13-attested-and-encrypted": ADVISORY,
    "R14-within-bounds": MANDATORY,
    "R15-image-is-near": ADVISORY,
}
"""Every rule and its level, by the catalogue."""

VIEWS: dict[str, type] = {
    "containers": ContainerView,
    "networks": NetworkView,
    "volumes": VolumeView,
    "images": ImageView,
    "machines": MachineView,
    "providers": ProviderView,
    "pods": kubernetes.PodView,
    "services": kubernetes.ServiceView,
    "network_policies": kubernetes.NetworkPolicyView,
    "entries": kubernetes.EntryView,
    "scalers": kubernetes.ScalerView,
    "disruption_budgets": kubernetes.DisruptionBudgetView,
    "namespaces": kubernetes.ObjectView,
    "quotas": kubernetes.ObjectView,
    "accounts": kubernetes.AccountView,
    "roles": kubernetes.RoleView,
    "bindings": kubernetes.BindingView,
    "config_maps": kubernetes.DataView,
    "schedules": kubernetes.ScheduleView,
    "other_objects": kubernetes.ObjectView,
    "runs": cloudrun.RunView,
    "run_grants": cloudrun.RunGrantView,
}


def _file_name(rule: Rule) -> str:
    return f"{rule.id.lower()}_{rule.name.replace('-', '_')}.py"


def test_the_rules_and_their_levels_are_those_of_the_catalogue() -> None:
    assert {rule.policy_name: rule.level for rule in catalogue.rules()} == EXPECTED


def test_ids_and_names_are_unique_and_sorted() -> None:
    ids = [rule.id for rule in catalogue.rules()]
    assert ids == sorted(set(ids))
    assert len({rule.name for rule in catalogue.rules()}) == len(ids)


def test_a_rule_is_found_by_its_id() -> None:
    assert catalogue.rule("A01").name == "non-root-user"
    with pytest.raises(KeyError):
        catalogue.rule("Z99")


@pytest.mark.parametrize(
    ("modules", "error", "says"),
    [
        pytest.param({"z97_empty": ""}, TypeError, "z97_empty has no RULE", id="a module without a rule"),
        pytest.param(
            dict.fromkeys(("z98_one", "z99_two"), "from policy.rules.a01_non_root_user import RULE"),
            ValueError,
            "has two rules with id A01",
            id="two rules of one id",
        ),
    ],
)
def test_a_package_is_refused_with(
    modules: dict[str, str], error: type[Exception], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.rules()
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(policy.rules, "__path__", [str(tmp_path)])
    catalogue.rules.cache_clear()
    try:
        with pytest.raises(error, match=says):
            catalogue.rules()
    finally:
        monkeypatch.undo()
        catalogue.rules.cache_clear()


def test_no_module_of_the_pack_hides_one_of_pythons_own() -> None:
    """The engine runs the folder itself, which then comes first where modules are looked for."""
    ours = {path.stem for path in Path(policy.__path__[0]).glob("*.py")}
    assert not (ours - {"__init__", "__main__"}) & sys.stdlib_module_names


def test_a_rule_has_a_file_and_a_test_of_its_name() -> None:
    folder, tests = Path(policy.rules.__path__[0]), Path(__file__).parents[1] / "rules"
    names = [_file_name(rule) for rule in catalogue.rules()]
    assert [name for name in names if not (folder / name).is_file()] == []
    assert [name for name in names if not (tests / f"test_{name}").is_file()] == []


def test_a_rule_explains_itself() -> None:
    for rule in catalogue.rules():
        assert rule.summary.endswith("."), rule.id
        assert ". " not in rule.summary, rule.id
        for fix in filter(None, (rule.remedy, rule.elsewhere)):
            assert fix[0].islower(), rule.id
            assert not fix.endswith("."), rule.id


def test_a_rule_reads_fields_that_exist() -> None:
    for rule in catalogue.rules():
        if isinstance(rule, ContainerRule):
            assert set(rule.reads) <= {field.name for field in fields(ContainerView)}, rule.id
            assert set(rule.each) <= set(rule.reads), rule.id
            assert set(rule.targets) <= {DOCKER, KUBERNETES, CLOUDRUN}, rule.id
            assert rule.targets, rule.id
        if isinstance(rule, ContainerRule | ResourceRule):
            for check in rule.resources:
                assert set(check.reads) <= {field.name for field in fields(VIEWS[check.of])}, rule.id
                assert set(check.each) <= set(check.reads), rule.id
        else:
            assert isinstance(rule, StackRule)
            for path in rule.reads:
                collection, _, name = path.partition(".")
                assert name in {field.name for field in fields(VIEWS[collection])}, rule.id


def test_the_page_of_policies_describes_each_rule() -> None:
    text = page()
    assert [rule.id for rule in catalogue.rules() if f"### {rule.id} {rule.name}\n" not in text] == []


def test_what_is_judged_elsewhere_is_no_rule_here() -> None:
    assert not {one.id for one in ELSEWHERE} & {rule.id for rule in catalogue.rules()}


def test_only_hardening_fields_can_be_excepted() -> None:
    excepted = {rule.exception for rule in catalogue.rules() if rule.exception}
    assert excepted <= set(Hardening.model_fields)


@pytest.mark.parametrize("module", ["policy.engine.catalogue", "policy.engine.judge", "policy.engine.config"])
def test_the_rules_run_without_pulumi(module: str) -> None:
    program = (
        f"import sys, {module} as module; from policy.engine.catalogue import rules; rules()\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pulumi', 'pulumi_policy', 'pulumi_docker')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.strip() == "[]"


def test_judging_imports_no_models() -> None:
    program = "import sys, policy.engine.judge as j; j.judge([], None, None); print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
