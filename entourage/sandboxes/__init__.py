"""Sandboxes: programs nobody vouches for, run away from everything but one work folder."""

from entourage.sandboxes.probe import Probe
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.types import ExecResult, Language, Limits, OnOutput, Sandbox, StopReason, Stream

__all__ = [
    "BubblewrapSandbox",
    "ExecResult",
    "Language",
    "Limits",
    "OnOutput",
    "Probe",
    "Sandbox",
    "StopReason",
    "Stream",
]
