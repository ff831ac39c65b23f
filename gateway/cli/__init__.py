"""The command line: one verb a question. Each verb lives in a module that is imported only when it is asked for."""

import gc

# What a command makes while it starts stays until it ends: looking through it for cycles takes a tenth of its time.
gc.set_threshold(100_000)

from gateway.cli.main import gateway as main  # noqa: E402 - the line above is for what it imports

__all__ = ["main"]
