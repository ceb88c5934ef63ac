"""Opening conversations: before the team, which answers in them, and once there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.agents.control.live import LiveRuns
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.planning.beginning import Beginnings
from entourage.agents.runs import Runs
from entourage.agents.schedules.firing import Firing
from entourage.agents.schedules.service import Schedules
from entourage.agents.service import Agents
from entourage.agents.turns import Turns
from entourage.artifacts.links import Links
from entourage.artifacts.service import Artifacts
from entourage.chats.attachments import Attachments
from entourage.chats.busy import Busy
from entourage.chats.gateway import GatewayTeam
from entourage.chats.ide.service import IdeTeam
from entourage.chats.importing.service import Importer
from entourage.chats.planned import PlanTalk
from entourage.chats.scheduled import ScheduledTalk
from entourage.chats.service import Chats
from entourage.chats.shares import Shares
from entourage.chats.talk import Talk
from entourage.chats.titles import Titles
from entourage.events.streams import SessionCheck, Streams
from entourage.memory.service import Memories
from entourage.memory.sharing.opening import Sharing
from entourage.observe.events import Events
from entourage.workspaces.folders import Folders
from entourage.workspaces.memberships import Memberships
from entourage.workspaces.places import Places

if TYPE_CHECKING:
    from entourage.events.hub import Hub
    from entourage.events.log import EventLog
    from entourage.kit.services import Services
    from entourage.llm.resolve import Models
    from entourage.settings import Settings
    from entourage.stores.blobs import Blobs
    from entourage.stores.cache import Cache
    from entourage.stores.sql import Database


def open_chats(
    services: Services,
    settings: Settings,
    database: Database,
    log: EventLog,
    hub: Hub,
    blobs: Blobs,
    models: Models,
) -> Talk:
    """Conversations, what hangs on them, and their streams."""
    folders, artifacts = services.get(Folders), services.get(Artifacts)
    chats = services.add(
        Chats(database, log, hub, blobs, folders, artifacts, services.get(Memories), services.get(Memberships))
    )
    services.get(Places).take_bindings_from(chats.workspace_of)
    services.get(Sharing).take_bindings_from(chats.workspace_of)
    artifacts.has_chat = chats.has
    talk = services.add(Talk(database, log, chats, services.get(Agents), services.get(Runs)))
    talk.titles = services.add(Titles(database, log, chats, models, by_model=settings.title_by_model))
    talk.files = services.add(
        Attachments(database, blobs, services.get(Places), artifacts, quota_bytes=settings.storage_quota_bytes)
    )
    services.add(Turns(talk.reply, talk.question))
    services.add(Shares(database, artifacts, services.get(Links), base_url=settings.base_url))
    services.add(Importer(database, log))
    services.add(
        Streams(
            hub,
            _sessions_of(chats, services.get(Events)),
            per_user=settings.streams_per_user,
            heartbeat_seconds=settings.stream_heartbeat_seconds,
        )
    )
    services.add(Beginnings(PlanTalk(chats, talk).begin))
    return talk


def open_answers(services: Services, database: Database, cache: Cache, hub: Hub) -> GatewayTeam:
    """The ways into conversations that need the team at work. Gives the AI gateway's."""
    chats, talk, runs = services.get(Chats), services.get(Talk), services.get(Runs)
    agents, files, dispatcher = services.get(Agents), services.get(Attachments), services.get(Dispatcher)
    talk.dispatcher = dispatcher
    talk.busy = Busy(database, services.get(LiveRuns), dispatcher)
    scheduled = ScheduledTalk(chats, talk, runs)
    services.add(Schedules(database, agents, scheduled))
    services.add(Firing(database, runs, scheduled))
    services.add(IdeTeam(database, agents, chats, talk, runs, files))
    return GatewayTeam(database, cache, hub, agents, chats, talk, files, dispatcher)


def _sessions_of(chats: Chats, events: Events) -> SessionCheck:
    """A session is a conversation, or anything else that something of its owner's happened in."""

    async def has(owner_id: str, session_id: str) -> bool:
        return await chats.has(owner_id, session_id) or await events.has_session(owner_id, session_id)

    return has
