"""Runs whose process died without a word (killed, out of memory, power cut): unfinished for ever, they hold the queue.

Who runs a run is known from its tags: a run of ``lagi run`` names its process, one that the daemon launched names the
code server it runs under.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping

import dagster as dg
from dagster._core.storage.tags import GRPC_INFO_TAG

from lagi_pipeline.warehouse.processes import has_ended

PROCESS_TAG = "lagi/process"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_SECONDS_TO_ANSWER = 2


def process_tag() -> dict[str, str]:
    """The tag by which a run of this process is known."""
    return {PROCESS_TAG: f"{os.getpid()}@{socket.gethostname()}"}


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs as failed that nobody runs any more.

    Returns:
        Their ids.
    """
    ended = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if died := _how_it_died(run.tags):
            instance.report_run_failed(run, died)
            ended.append(run.run_id)
    return ended


def _how_it_died(tags: Mapping[str, str]) -> str | None:
    """Why nobody runs a run with these tags any more; None where somebody may."""
    process, _, host = tags.get(PROCESS_TAG, "").partition("@")
    if host == socket.gethostname() and has_ended(process):
        return f"its process {process} ended without a word"
    if GRPC_INFO_TAG in tags and not _answers(json.loads(tags[GRPC_INFO_TAG])):
        return "the code server that it ran under is gone"
    return None


def _answers(server: Mapping[str, object]) -> bool:
    """Whether a code server takes connections: it listens on a socket file or a port of this machine."""
    path, port, host = server.get("socket"), server.get("port"), server.get("host") or "localhost"
    try:
        if path:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(_SECONDS_TO_ANSWER)
                client.connect(str(path))
        else:
            socket.create_connection((str(host), int(str(port))), _SECONDS_TO_ANSWER).close()
    except OSError:
        return False
    return True
