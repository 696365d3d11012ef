"""`python -m hub` is the `hub` command."""

import sys

from hub.cli import main

if __name__ == "__main__":  # a server's worker may import this module again
    sys.exit(main())
