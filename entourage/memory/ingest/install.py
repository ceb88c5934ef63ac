"""Opening ingest: what reads, what keeps, what tells, and the doors to it."""

from __future__ import annotations

from contextlib import AsyncExitStack

from entourage.artifacts.service import Artifacts
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.llm.resolve import Models
from entourage.memory.embedders import Embedders
from entourage.memory.ingest.captions import Captions
from entourage.memory.ingest.claiming import Claims
from entourage.memory.ingest.documents import Documents
from entourage.memory.ingest.finishing import Finishing
from entourage.memory.ingest.jobs import Jobs
from entourage.memory.ingest.keeping import Keeping
from entourage.memory.ingest.limits import Limits
from entourage.memory.ingest.origins import Origins
from entourage.memory.ingest.reading import Readers
from entourage.memory.ingest.service import Ingest
from entourage.memory.ingest.sweeping import Sweeping
from entourage.memory.ingest.telling import Telling
from entourage.memory.ingest.unpacking import Unpacking
from entourage.memory.ingest.worker import Worker
from entourage.memory.ingest.working import Work
from entourage.memory.service import Memories
from entourage.settings import Settings
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database
from entourage.workspaces.folders import Folders


def open_ingest(
    stack: AsyncExitStack,
    services: Services,
    settings: Settings,
    database: Database,
    blobs: Blobs,
    log: EventLog,
) -> None:
    """Open everything; `Memories`, `Embedders`, `Artifacts`, `Folders` and `Models` must be among the services."""
    limits = Limits.of(settings)
    memories, artifacts = services.get(Memories), services.get(Artifacts)
    readers = Readers(limits.readers, memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds)
    stack.push_async_callback(readers.close)
    telling = services.add(Telling(database, log))
    sweeping = Sweeping(database, blobs)
    finishing = Finishing(database, memories, telling)
    origins = Origins(blobs, artifacts, services.get(Folders), limits, settings.fetch_allow_networks)
    keeping = Keeping(database, memories)
    unpacking = Unpacking(database, blobs, limits)
    captions = Captions(services.get(Models))
    work = Work(origins, readers, services.get(Embedders), captions, keeping, unpacking)
    worker = services.add(Worker(database, Claims(database, limits), work, finishing, telling, sweeping, limits))
    memories.on_indexed(lambda _owner, _documents: worker.indexed())
    services.add(Ingest(database, blobs, artifacts, origins, worker, finishing, sweeping, limits))
    services.add(Jobs(database, worker, telling))
    services.add(Documents(database, memories))


async def start_ingest(stack: AsyncExitStack, services: Services, *, alone: bool) -> None:
    """Begin to read; what a predecessor left is taken up first."""
    worker = services.get(Worker)
    await worker.start(alone=alone)
    stack.push_async_callback(worker.close)
