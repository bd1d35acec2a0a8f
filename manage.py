#!/usr/bin/env python3
"""Django's command line for Probity: puts platform/ on the path and hands over."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent
    sys.path[:0] = [str(root / "platform"), str(root)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "probity.settings")
    from probity.core.launch.commands import main

    main()
