"""Why the launcher stopped, one class per reason."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal

REFUSED_STATUS = 2
"""How a management command ends that was refused; its sentence is the last line it wrote."""


class LaunchRefused(Refusal):
    """Root of everything the launcher refuses."""

    code: ClassVar[str] = "launch-refused"
    status: ClassVar[int] = 503


class DatabaseMissing(LaunchRefused):
    """No PostgreSQL binaries were found."""

    code: ClassVar[str] = "database-missing"


class WrongMajorVersion(LaunchRefused):
    """The data folder was made by a major version that is not installed here."""

    code: ClassVar[str] = "database-wrong-version"


class DatabaseUnreachable(LaunchRefused):
    """A folder on the way to the data is closed to the account that runs the database."""

    code: ClassVar[str] = "database-unreachable"


class DatabaseWouldNotStart(LaunchRefused):
    """PostgreSQL was started and never answered."""

    code: ClassVar[str] = "database-did-not-start"


class FolderNotOurs(LaunchRefused):
    """A folder that must be private belongs to somebody else."""

    code: ClassVar[str] = "folder-not-ours"


class Busy(LaunchRefused):
    """Another process holds the lock that is needed."""

    code: ClassVar[str] = "launch-busy"


class PortTaken(LaunchRefused):
    """The port that was asked for, or every port that was tried, is in use."""

    code: ClassVar[str] = "port-taken"


class StepRefused(LaunchRefused):
    """A step of the start was refused; its own sentence says why."""

    code: ClassVar[str] = "step-refused"


class HomeInUse(LaunchRefused):
    """What was asked for needs a home that nothing runs in."""

    code: ClassVar[str] = "home-in-use"


class BackupRefused(LaunchRefused):
    """A backup cannot be made from, or put, here."""

    code: ClassVar[str] = "backup-refused"


class BackupFailed(LaunchRefused):
    """A backup or a restore broke off, or a backup is damaged."""

    code: ClassVar[str] = "backup-failed"


class StartFailed(LaunchRefused):
    """One of Probity's own processes did not come up."""

    code: ClassVar[str] = "start-failed"
