"""A hash chain of events that anyone can check with this page and a SHA-256 tool.

**Canonical form.** ``canonical(value)`` is RFC 8785 (JSON Canonicalization Scheme): UTF-8, no
white space, member names sorted by UTF-16 code unit, numbers as ECMAScript prints them.

**Event.** A JSON object with exactly these eight members:

=========== ======= =================================================================
``chain``   string  the chain's id, the same in all its events
``seq``     integer the event's place: 1, 2, 3, … without gaps
``name``    string  what happened, a registered event name
``at``      string  when, UTC, always ``YYYY-MM-DDTHH:MM:SS.ffffffZ``
``actor``   string  who, as a reference such as ``user:…``; never a name or an address
``payload`` object  ids, digests and commitments
``prev``    string  ``hash`` of the event before; for the first event the chain's genesis
``hash``    string  64 lower-case hexadecimal digits
=========== ======= =================================================================

**Hashes**, all SHA-256; ``\\n`` is one byte 0x0A::

    genesis = SHA-256("probity.chain.genesis.v1\\n" + canonical({"chain": chain}))
    hash    = SHA-256("probity.chain.event.v1\\n"   + canonical(event without "hash"))

**Head.** The number of events and the last one's ``hash`` (no events: the genesis). A chain alone
cannot show that its end was cut off or that the whole of it was written anew; a head kept
elsewhere (a signed checkpoint, a bundle's index) can.

**Commitment.** Personal data never enters an event. What enters is
``SHA-256("probity.chain.commitment.v1\\n" + salt + value)``, with 32 random bytes of salt that
are kept beside the value and destroyed with it; the value in UTF-8.

This package knows no database and no clock.
"""

from foundation.chain.canonical import NotCanonical, canonical, digest, parse
from foundation.chain.commitment import Commitment, commit, opens
from foundation.chain.event import Event, EventUnreadable, Head, event_hash, genesis, timestamp
from foundation.chain.verification import Verdict, Wrong, verify

__all__ = [
    "Commitment",
    "Event",
    "EventUnreadable",
    "Head",
    "NotCanonical",
    "Verdict",
    "Wrong",
    "canonical",
    "commit",
    "digest",
    "event_hash",
    "genesis",
    "opens",
    "parse",
    "timestamp",
    "verify",
]
