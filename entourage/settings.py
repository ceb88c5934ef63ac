"""Every knob of the server, with its default. Environment variables `ENTOURAGE_<NAME>` override each one."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Typed settings. Build one per process (or per test) and hand it to `create_app`."""

    model_config = SettingsConfigDict(env_prefix="ENTOURAGE_", extra="ignore")

    # where it listens and where it keeps things
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8700, ge=0, le=65535, description="Port to listen on.")
    data_dir: Path = Field(Path(".data"), description="Folder for the database, blobs, workspaces and keys.")
    public_url: str | None = Field(None, description="URL people reach the server at; default http://host:port.")

    # engines (None = the embedded one)
    database_url: str | None = Field(None, description="postgresql://user:pass@host/db; default SQLite in data_dir.")
    redis_url: str | None = Field(
        None, description="redis://host:port/0 for cache, limits and fan-out; default memory."
    )
    blobs_url: str | None = Field(
        None, description="s3://bucket/prefix?endpoint=http://host; default files in data_dir."
    )
    vectors_url: str | None = Field(
        None, description="http://host:6333?api_key=... of a Qdrant server; default Qdrant Edge in data_dir."
    )
    vectors_idle_seconds: float = Field(
        600.0, gt=0, description="Processes of Qdrant Edge that nobody asked for so long are ended until needed."
    )
    graph_url: str | None = Field(
        None, description="neo4j://user:pass@host:7687 or bolt://... of a Neo4j 5; default tables of the database."
    )
    sqlite_synchronous: Literal["NORMAL", "FULL"] = Field(
        "NORMAL", description="NORMAL survives kill -9; FULL survives power loss as well."
    )
    database_pool_size: int = Field(10, ge=2, le=200, description="Reading connections (PostgreSQL: all of them).")

    # people
    admin_email: str | None = Field(None, description="Makes the first admin without a prompt, with admin_password.")
    admin_password: SecretStr | None = Field(None, description="Password of the first admin.")
    registration: Literal["open", "invite", "closed"] = Field("invite", description="Who may register.")
    access_token_seconds: int = Field(30 * 60, ge=30, description="Life of an access token.")
    refresh_token_seconds: int = Field(7 * 24 * 3600, ge=60, description="Life of a refresh token.")
    invite_seconds: int = Field(7 * 24 * 3600, ge=60, description="Life of an invitation.")
    master_key: SecretStr | None = Field(None, description="Vault keys, comma-separated, newest first; default a file.")
    master_key_command: str | None = Field(None, description="Command printing the vault keys (cloud secret managers).")

    # the web
    cors_origins: list[str] = Field(default_factory=list, description="Foreign origins allowed to call the API.")
    secure_cookies: bool = Field(False, description="Mark cookies Secure; set it when serving over HTTPS.")
    max_body_bytes: int = Field(1_048_576, ge=1024, description="Largest JSON body.")
    max_upload_bytes: int = Field(64 * 1_048_576, ge=1024, description="Largest uploaded file.")
    max_json_depth: int = Field(64, ge=8, description="Deepest JSON body.")
    requests_per_minute: int = Field(100, ge=1, description="Requests a minute per person and class of route.")
    auth_attempts_per_minute: int = Field(10, ge=1, description="Sign-in attempts a minute per account and address.")
    streams_per_user: int = Field(1000, ge=1, description="Concurrent streams of one person.")
    content_origin: str | None = Field(
        None,
        description="Another origin that leads to this server, for live artifacts alone, e.g. https://content.example.net;"
        " default: on this machine localhost and 127.0.0.1 are each other's.",
    )
    storage_quota_bytes: int = Field(5 * 1_073_741_824, ge=0, description="Files and artifacts of one person.")

    workspace_bytes: int = Field(2 * 1_073_741_824, ge=1024, description="What one workspace may hold.")
    workspace_files: int = Field(100_000, ge=100, description="Files and folders of one workspace.")
    workspace_trash_days: float = Field(30.0, gt=0, description="How long deleted files of workspaces are kept.")

    # the spine
    log_queue_events: int = Field(10_000, ge=1, description="Events waiting for the log before callers wait.")
    log_wait_ms: int = Field(250, ge=0, description="How long a caller waits for a place before 429.")
    log_batch_events: int = Field(512, ge=1, description="Most events in one transaction.")
    stream_window_ms: int = Field(20, ge=0, description="Window in which a stream's events are written together.")
    stream_backlog_bytes: int = Field(4 * 1_048_576, ge=4096, description="Backlog of one client before a gap.")
    stream_heartbeat_seconds: float = Field(30.0, gt=0, description="Heartbeat of idle streams.")

    # models, agents, tools
    allow_private_providers: bool = Field(False, description="Let providers point at loopback and private networks.")
    delta_window_ms: int = Field(30, ge=0, le=1000, description="Deltas gathered into one event.")
    route_by_model: bool = Field(True, description="Ask the model what a request is when its examples do not say.")
    title_by_model: bool = Field(True, description="Ask the model for short titles of conversations.")
    remember_turns: bool = Field(True, description="Keep turns as memories, for people who do not switch it off.")
    facts_by_model: bool = Field(True, description="Ask the model, after a turn, what of it is worth remembering.")
    extract_by_model: bool = Field(True, description="Ask the model what the texts of memories are about.")
    agent_concurrency: int = Field(
        50, ge=0, description="Runs going on at once in this process; 0 leaves them to workers (PostgreSQL)."
    )
    lease_seconds: float = Field(5.0, gt=0.5, description="A worker's hold on a run or a file; renewed while it lives.")
    approval_seconds: int = Field(24 * 3600, ge=60, description="How long a question or approval waits.")
    plan_seconds: float = Field(6 * 3600.0, gt=0, description="How long a plan may go on after its start.")
    plan_cost_usd: Decimal | None = Field(None, ge=0, description="What the tasks of one plan may cost.")
    hook_approval_seconds: float = Field(1800.0, gt=0, description="How long a permission question of a hook waits.")
    sandbox_memory_bytes: int = Field(512 * 1_048_576, ge=32 * 1_048_576, description="Memory of one code run.")
    sandbox_wall_seconds: float = Field(60.0, gt=0, description="Wall clock of one code run.")
    sandbox_cpus: float | None = Field(
        None, ge=0.1, description="Cores a sandbox may keep busy; default half of the machine's, at least one."
    )
    sandbox_site_packages: Path | None = Field(None, description="Extra read-only Python packages for code runs.")
    sandbox_warm: int = Field(
        1,
        ge=0,
        le=4,
        description="Python kernels started before they are asked for, in sandboxes that are made for code.",
    )
    e2b_api_key: SecretStr | None = Field(None, description="Key of E2B's cloud: makes the backend `e2b` of sandboxes.")
    e2b_api_url: str = Field("https://api.e2b.app", description="Where E2B's control API is.")
    e2b_sandbox_url: str | None = Field(
        None, description="Where sandboxes of E2B answer; default a host name for each in its domain."
    )
    e2b_domain: str = Field("e2b.app", description="Domain of E2B's sandboxes.")
    e2b_template: str = Field("code-interpreter-v1", description="Template of E2B's sandboxes.")
    sandbox_live_memory_bytes: int = Field(
        1_073_741_824, ge=64 * 1_048_576, description="Memory of a sandbox that stays."
    )
    sandbox_files: int = Field(200_000, ge=1000, description="Files in the folder of a sandbox that stays.")
    terminals_per_person: int = Field(20, ge=1, description="Terminals one person may have open.")
    sandbox_per_person: int = Field(10, ge=1, description="Sandboxes of one person at once.")
    sandbox_in_all: int = Field(100, ge=1, description="Sandboxes of this server at once.")
    sandbox_usd_per_hour: Decimal = Field(Decimal(0), ge=0, description="What an hour of a sandbox is billed at.")
    sandbox_backend: str | None = Field(
        None,
        description="What runs sandboxes that stay: bubblewrap, container, e2b; default the first of two that works.",
    )
    sandbox_image: str | None = Field(
        None, description="Image of sandboxes in containers; default an empty one with this machine's own /usr."
    )
    artifact_sweep_seconds: float = Field(300.0, gt=0, description="How often artifacts are looked at for their time.")
    fetch_allow_networks: list[str] = Field(
        default_factory=list, description="Networks (CIDR) http_fetch may reach though they are not public."
    )

    # AI gateway
    gateway_requests_per_minute: int = Field(100, ge=1, description="Requests a minute of a key that has no own limit.")
    gateway_retries: int = Field(1, ge=0, le=5, description="How often candidates that all failed are asked once more.")
    gateway_cache_seconds: float = Field(
        3600, ge=0, description="How long answers are kept for the same request; 0: not."
    )
    gateway_cache_bytes: int = Field(64 * 1_048_576, ge=0, description="Memory for kept answers.")
    gateway_semantic_cache: bool = Field(
        False, description="Give kept answers to questions that are much alike, too; a request may ask for it itself."
    )
    gateway_max_body_bytes: int = Field(32 * 1_048_576, ge=1024, description="Largest request of the AI gateway.")
    gateway_max_reply_bytes: int = Field(64 * 1_048_576, ge=1024, description="Largest answer of a provider.")
    provider_connect_seconds: float = Field(10, gt=0, description="How long connecting to a provider may take.")
    provider_first_byte_seconds: float = Field(180, gt=0, description="How long a provider may take to begin.")
    provider_between_bytes_seconds: float = Field(90, gt=0, description="How long a provider may pause.")

    # tools and MCP
    tool_approval_seconds: float = Field(
        60.0, ge=0, description="How long a tool call outside of conversations waits for a person to allow it."
    )
    allow_private_services: bool = Field(
        False, description="Whether services of the service gateway may live on private networks."
    )
    service_max_body_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="Largest request that goes on to a service."
    )
    service_max_reply_bytes: int = Field(256 * 1024 * 1024, ge=1024, description="Largest answer of a service.")
    shell_root: str = Field(
        "/srv/app", description="Folder of other machines in which commands may read without being asked for."
    )
    tool_search_from: int = Field(
        40, ge=1, description="Above so many tools, agents and MCP clients are offered find_tools and call_tool."
    )

    # Tools and MCP: servers
    mcp_servers_file: Path | None = Field(None, description="YAML file of MCP servers; read again when it changes.")
    mcp_idle_seconds: float = Field(600.0, gt=0, description="An MCP server nobody needed for so long is stopped.")
    mcp_health_seconds: float = Field(30.0, gt=0, description="How often running MCP servers are asked to answer.")
    mcp_start_seconds: float = Field(60.0, gt=0, description="How long an MCP server may take to start.")
    mcp_packages: Path | None = Field(
        None, description="Folder of ready-made MCP servers; default what scripts/tool-servers fetched."
    )
    allow_private_mcp_servers: bool = Field(
        False, description="Let MCP servers of people who are no admins point at loopback and private networks."
    )

    # memory: reading files
    ingest_readers: int = Field(2, ge=1, le=32, description="Files that are read at once by this process.")
    ingest_file_bytes: int = Field(32 * 1_048_576, ge=1024, description="Largest file that is read into memory.")
    ingest_memory_bytes: int = Field(
        1024 * 1_048_576, ge=256 * 1_048_576, description="Address space of the process that reads a file."
    )
    ingest_cpu_seconds: int = Field(60, ge=1, description="Processor time that reading one file may take.")

    # operation
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Level of the JSON logs.")
    log_format: Literal["auto", "json", "console"] = Field("auto", description="auto: console on a terminal.")
    access_log: Literal["off", "debug", "info"] = Field("debug", description="Level of the one line a request.")
    metrics_token: SecretStr | None = Field(None, description="Bearer token for /metrics; admins may read it anyway.")
    metrics_loopback: bool = Field(False, description="Let this machine read /metrics without a token.")
    otel_endpoint: str | None = Field(
        None, description="OTLP/HTTP collector for traces and metrics; default OTEL_EXPORTER_OTLP_ENDPOINT."
    )
    otel_seconds: float = Field(60.0, gt=0, description="How often metrics are sent to the collector.")
    alert_seconds: float = Field(10.0, gt=0, description="How often alert rules are looked at.")
    alert_allow_networks: list[str] = Field(
        default_factory=list, description="Networks (CIDR) webhooks of alerts may reach though they are not public."
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtp[s]://user:pass@host:port for e-mail of alerts; smtp: upgrades to TLS where offered."
    )
    smtp_from: str = Field("entourage@localhost", description="Sender of e-mail.")
    shutdown_seconds: int = Field(20, ge=1, description="Longest graceful shutdown.")

    @field_validator("content_origin")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", value):
            raise ValueError(f"{value!r} is no origin: write http(s)://host or http(s)://host:port")
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def base_url(self) -> str:
        """The URL people reach this server at, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
