"""The shipped fleet is the one the project was asked for: machines, groups, agents, requirements, waves and figures."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fleet.model import Container, Enforcement
from fleet.targets.gpu_use import CardUse
from tests.unit.builders import planned, shipped


@dataclass(frozen=True)
class Row:
    """A row of the source's table; GPU figures in MiB."""

    machine: str
    wave: int
    agents: str
    requirements: str
    sidecar: str = ""
    gpu: tuple[int, int] | None = None
    """Request and limit."""


TABLE = {
    "core-platform": Row(
        "mainpc", 1,
        "ServiceRegistry RequestCoordinator ObservabilityHub SystemDigitalTwin",
        "fastapi uvicorn grpcio pydantic prometheus-client",
    ),
    "memory-stack": Row(
        "mainpc", 2, "MemoryClient SessionMemoryAgent KnowledgeBase", "chromadb sentence-transformers faiss-cpu"
    ),
    "model-manager-gpu": Row(
        "mainpc", 3,
        "ModelManagerSuite UnifiedSystemAgent",
        "torch==2.3.* transformers accelerate bitsandbytes safetensors",
        gpu=(4096, 8192),
    ),
    "language-stack-gpu": Row(
        "mainpc", 4,
        "ModelOrchestrator GoalManager IntentionValidatorAgent NLUAgent AdvancedCommandHandler ChitchatAgent "
        "FeedbackHandler Responder TranslationService DynamicIdentityAgent EmotionSynthesisAgent",
        "torch transformers sentencepiece langchain evaluate nltk spacy",
        gpu=(6656, 20480),
    ),
    "reasoning-gpu": Row(
        "mainpc", 4,
        "ChainOfThoughtAgent GoTToTAgent CognitiveModelAgent",
        "torch llama-cpp-python langchain networkx",
        gpu=(3072, 10240),
    ),
    "vision-gpu": Row(
        "mainpc", 4,
        "FaceRecognitionAgent VRAMOptimizerAgent",
        "opencv-python-headless torch facenet-pytorch torchvision",
        gpu=(1536, 6144),
    ),
    "utility-gpu": Row(
        "mainpc", 4,
        "CodeGenerator TinyLlamaServiceEnhanced LocalFineTunerAgent NLLBAdapter",
        "torch transformers peft bitsandbytes llmtuner sacrebleu evaluate",
        sidecar="SelfTrainingOrchestrator Executor PredictiveHealthMonitor FixedStreamingTranslation",
        gpu=(3584, 14336),
    ),
    "audio-emotion": Row(
        "mainpc", 5,
        "STTService TTSService",
        "torchaudio faster-whisper TTS praat-parselmouth webrtcvad librosa nemo_toolkit",
        sidecar="AudioCapture FusedAudioPreprocessor StreamingInterruptHandler StreamingSpeechRecognition "
        "StreamingTTSAgent WakeWordDetector StreamingLanguageAnalyzer ProactiveAgent EmotionEngine MoodTrackerAgent "
        "HumanAwarenessAgent ToneDetector VoiceProfilingAgent EmpathyAgent",
        gpu=(1536, 4096),
    ),
    "infra-core-cpu": Row(
        "pc2", 1,
        "ContextManager ExperienceTracker CacheManager ResourceManager TaskScheduler AuthenticationAgent "
        "UnifiedUtilsAgent AgentTrustScorer FileSystemAssistantAgent RemoteConnectorAgent UnifiedWebAgent "
        "AdvancedRouter ObservabilityHub",
        "fastapi pydantic networkx redis rq",
    ),
    "memory-reasoning-gpu": Row(
        "pc2", 2,
        "UnifiedMemoryReasoningAgent MemoryOrchestratorService",
        "torch faiss-gpu langchain",
        gpu=(3072, 4096),
    ),
    "vision-dream-gpu": Row(
        "pc2", 3,
        "VisionProcessingAgent DreamWorldAgent DreamingModeAgent",
        "torch diffusers transformers opencv-python-headless",
        gpu=(6656, 7168),
    ),
    "tutor-suite-cpu": Row(
        "pc2", 4,
        "TutorAgent TutoringAgent ProactiveContextMonitor TieredResponder",
        "fastapi pydantic networkx redis rq",
    ),
}  # fmt: skip


def sidecars(group: str) -> list[Container]:
    return [container for key, container in shipped().groups[group].containers.items() if key != "main"]


def card(stack: str) -> CardUse:
    (use,) = planned(stack).cards
    return use


def test_the_two_machines_run_the_twelve_groups() -> None:
    for stack in ("mainpc", "pc2"):
        assert set(shipped().stacks[stack].groups) == {name for name, row in TABLE.items() if row.machine == stack}


def test_seventy_one_agents_are_named_49_on_mainpc_and_22_on_pc2() -> None:
    agents = {stack: sum(group.agents for group in planned(stack).groups) for stack in ("mainpc", "pc2")}
    assert agents == {"mainpc": 49, "pc2": 22}


@pytest.mark.parametrize("group", TABLE)
def test_a_group_runs_the_agents_of_its_row(group: str) -> None:
    row = TABLE[group]
    assert list(shipped().groups[group].containers["main"].agents) == row.agents.split()
    assert [agent for container in sidecars(group) for agent in container.agents] == row.sidecar.split()


@pytest.mark.parametrize("group", TABLE)
def test_a_group_installs_the_requirements_of_its_row(group: str) -> None:
    build = shipped().groups[group].containers["main"].build
    assert build is not None
    assert list(build.requirements) == TABLE[group].requirements.split()
    assert build.variant == ("cuda" if TABLE[group].gpu else "cpu")


@pytest.mark.parametrize("group", TABLE)
def test_a_group_starts_in_the_wave_of_its_row(group: str) -> None:
    wave = {planned_group.name: planned_group.wave for planned_group in planned(TABLE[group].machine).groups}
    assert wave[group] == TABLE[group].wave


@pytest.mark.parametrize("group", TABLE)
def test_a_group_reserves_and_may_take_the_gpu_memory_of_its_row(group: str) -> None:
    containers = shipped().groups[group].containers
    gpu = containers["main"].gpu
    assert (gpu and (gpu.request_mib, gpu.limit_mib)) == TABLE[group].gpu
    assert all(
        container.gpu is None and container.build and container.build.variant == "cpu" for container in sidecars(group)
    )


@pytest.mark.parametrize(
    ("stack", "capacity", "requested", "contexts", "committed", "free"),
    [("mainpc", 24564, 20480, 2700, 24204, 360), ("pc2", 12288, 9728, 900, 10628, 1660)],
)
def test_the_figures_of_each_card_are_those_that_fit(
    stack: str, capacity: int, requested: int, contexts: int, committed: int, free: int
) -> None:
    use = card(stack)
    assert use.gpu.memory_mib == capacity
    assert (use.requested_mib, use.context_mib, use.committed_mib, use.free_mib) == (
        requested,
        contexts,
        committed,
        free,
    )
    assert 0.8 < use.committed_mib / capacity <= 1


def test_mainpc_drives_a_desktop_under_mps_and_pc2_neither() -> None:
    mainpc, pc2 = card("mainpc").gpu, card("pc2").gpu
    assert (mainpc.model, mainpc.reserve_mib, mainpc.allocator) == ("RTX 4090", 1024, None)
    assert mainpc.mps is not None
    assert mainpc.mps.active_thread_percentage == 70
    assert (pc2.model, pc2.reserve_mib, pc2.mps, pc2.allocator) == ("RTX 3060", 0, None, "max_split_size_mb:128")


@pytest.mark.parametrize(("stack", "enforcement"), [("mainpc", Enforcement.MPS), ("pc2", Enforcement.FRAMEWORK)])
def test_each_gpu_container_says_what_caps_it(stack: str, enforcement: Enforcement) -> None:
    assert {share.budget.enforcement for share in card(stack).shares} == {enforcement}


def test_the_streams_of_audio_have_the_sound_device_and_share_a_volume() -> None:
    group = shipped().groups["audio-emotion"]
    (streams,) = sidecars("audio-emotion")
    assert streams.devices == ("/dev/snd",)
    assert "audio-scratch" in streams.mounts.keys() & group.containers["main"].mounts.keys()


def test_the_model_cache_is_shared_and_read_only_but_for_its_manager() -> None:
    mounts = {
        name: mount.read_only
        for name in shipped().stacks["mainpc"].groups
        for container in shipped().groups[name].containers.values()
        for volume, mount in container.mounts.items()
        if volume == "huggingface-cache"
    }
    assert mounts.pop("model-manager-gpu") is False
    assert set(mounts) == {"language-stack-gpu", "reasoning-gpu", "vision-gpu", "utility-gpu", "audio-emotion"}
    assert all(mounts.values())


@pytest.mark.parametrize("stack", ["mainpc", "pc2"])
def test_shared_folders_of_the_host_are_bound(stack: str) -> None:
    assert dict(shipped().stacks[stack].machine.binds) == {
        "huggingface-cache": "/data/models/huggingface",
        "observability-data": "/data/observability",
        "system-logs": "/data/logs",
    }


def test_databases_of_one_writer_are_on_an_ssd() -> None:
    volumes = {name: volume for group in shipped().groups.values() for name, volume in group.volumes.items()}
    for name in ("memory-data", "reasoning-memory"):
        assert (volumes[name].writers, volumes[name].medium) == ("one", "ssd")


def test_health_is_checked_as_the_source_says() -> None:
    for name in TABLE:
        for container in shipped().groups[name].containers.values():
            health = container.health
            assert (health.path, health.port, health.interval_s) == ("/health", 8000, 30)
            assert (health.timeout_s, health.retries, health.start_period_s) == (10, 3, 60)


def test_the_sandbox_runs_groups_without_a_gpu_only() -> None:
    local = shipped().stacks["local"]
    assert local.sandbox
    assert 2 <= len(local.groups) <= 5
    assert all(
        container.gpu is None for name in local.groups for container in shipped().groups[name].containers.values()
    )
