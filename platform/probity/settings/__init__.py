"""Settings. What an operator may change comes from the environment (docs/reference/settings.md)."""

from .api import *
from .desk import *
from .files import *
from .leaving import *
from .people import *
from .record import *
from .serving import *
from .work import *
