"""What the outbox's pages show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext

from probity.core.clock import now
from probity.outbox.endpoints import OVERLAP_HOURS_MAX
from probity.outbox.kinds import WebhookKind, subscribable
from probity.outbox.models import Attempt, Channel, Endpoint, Message, MessageState
from probity.outbox.selectors import Counted, endpoints_all, messages_counted, messages_list
from probity.web.language.later import later

MOST = 100
STATE_WORDS = {
    MessageState.WAITING: later("Waiting"),
    MessageState.SENDING: later("Being sent"),
    MessageState.SENT: later("Taken"),
    MessageState.DEAD: later("Dead letter"),
}
STATE_ICONS = {
    MessageState.WAITING: "clock-later",
    MessageState.SENDING: "clock-later",
    MessageState.SENT: "ok",
    MessageState.DEAD: "failed",
}
TABS = {
    "": later("All"),
    "waiting": later("Waiting"),
    "sent": later("Taken"),
    "dead": later("Dead letters"),
}
PRIVATE_LINK = re.compile(r"(/(?:alerts/(?:confirm|leave)|status|decision)/)[\w:.=~-]+")


@dataclass(frozen=True)
class Tab:
    """One filter of the deliveries."""

    key: str
    words: str
    count: int
    here: bool


@dataclass(frozen=True)
class Line:
    """One message in the list."""

    message: Message

    @property
    def words(self) -> str:
        """Where it stands."""
        return STATE_WORDS[MessageState(self.message.state)]

    @property
    def icon(self) -> str:
        """Its drawing."""
        return STATE_ICONS[MessageState(self.message.state)]

    @property
    def to(self) -> str:
        """Where it goes; of an address only as much as tells two apart."""
        if self.message.endpoint is not None:
            return self.message.endpoint.name
        return address_shown(self.message.recipient) or gettext("an erased address")

    @property
    def ended(self) -> bool:
        """Whether a person may have it sent again."""
        return self.message.state in {MessageState.SENT, MessageState.DEAD}

    @property
    def waits(self) -> bool:
        """Whether it will be tried again after a failure."""
        return self.message.state == MessageState.WAITING and self.message.attempts > 0


@dataclass(frozen=True)
class EndpointLine:
    """One endpoint in the list."""

    endpoint: Endpoint
    counted: Counted | None = None

    @property
    def words(self) -> str:
        """Whether it is on, and in trouble."""
        if self.endpoint.disabled_at:
            return gettext("Off")
        return gettext("In trouble") if self.endpoint.failures else gettext("On")

    @property
    def icon(self) -> str:
        """Its drawing."""
        if self.endpoint.disabled_at:
            return "abstained"
        return "warn" if self.endpoint.failures else "ok"


@dataclass(frozen=True)
class EndpointsPage:
    """All endpoints, and the form for another."""

    lines: list[EndpointLine]
    kinds: list[WebhookKind]
    kept: Mapping[str, str] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EndpointPage:
    """One endpoint: its settings, its secret once, its latest deliveries."""

    line: EndpointLine
    kinds: list[WebhookKind]
    lines: list[Line]
    kept: Mapping[str, str]
    ticked: frozenset[str]
    errors: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    hours_most: int = OVERLAP_HOURS_MAX

    @property
    def rotating(self) -> bool:
        """Whether two secrets sign now."""
        until = self.line.endpoint.former_until
        return until is not None and until > now()


@dataclass(frozen=True)
class MessagesPage:
    """Deliveries, the newest first."""

    tabs: list[Tab]
    lines: list[Line]
    state: str


@dataclass(frozen=True)
class MessagePage:
    """One message with its exact words and every attempt."""

    line: Line
    body: str
    headers: list[tuple[str, str]]
    tries: list[Attempt]
    tries_most: int

    @property
    def mail(self) -> bool:
        """Whether it is an e-mail."""
        return self.line.message.channel == Channel.MAIL


def endpoints_page(
    *, kept: Mapping[str, str] | None = None, ticked: frozenset[str] = frozenset(),
    errors: Mapping[str, str] | None = None,
) -> EndpointsPage:  # fmt: skip
    """Gather them."""
    lines = [EndpointLine(row, counted) for row, counted in endpoints_all()]
    return EndpointsPage(lines, subscribable(), kept or {}, ticked, errors or {})


def endpoint_page(
    endpoint: Endpoint, *, kept: Mapping[str, str] | None = None,
    ticked: frozenset[str] | None = None, errors: Mapping[str, str] | None = None,
    secret: str = "",
) -> EndpointPage:  # fmt: skip
    """Gather one."""
    return EndpointPage(
        line=EndpointLine(endpoint),
        kinds=subscribable(),
        lines=[Line(row) for row in messages_list(endpoint=endpoint)[:20]],
        kept=kept or {"name": endpoint.name, "url": endpoint.url},
        ticked=frozenset(endpoint.kinds) if ticked is None else ticked,
        errors=errors or {},
        secret=secret,
    )


def messages_page(state: str) -> MessagesPage:
    """Gather the deliveries in one state; all for an unknown one."""
    counted = messages_counted()
    counted[MessageState.WAITING] += counted[MessageState.SENDING]
    counts = {**counted, "": sum(counted.values()) - counted[MessageState.SENDING]}
    state = state if state in TABS else ""
    tabs = [Tab(key, words, counts[key], key == state) for key, words in TABS.items()]
    return MessagesPage(tabs, [Line(row) for row in messages_list(state=state)[:MOST]], state)


def message_page(message: Message) -> MessagePage:
    """Gather one. What opens a door to whoever holds it is not shown."""
    return MessagePage(
        line=Line(message),
        body=links_masked(message.body),
        headers=[(name, links_masked(value)) for name, value in message.headers.items()],
        tries=list(message.tries.all()),
        tries_most=settings.OUTBOX_ATTEMPTS,
    )


def links_masked(text: str) -> str:
    """A text with the secret part of private links left out: it is its receiver's alone."""
    return PRIVATE_LINK.sub(r"\1[private]", text)


def address_shown(email: str) -> str:
    """``ada@example.org`` as ``a…@example.org``."""
    name, at, host = email.partition("@")
    return f"{name[:1]}…{at}{host}" if at else ""
