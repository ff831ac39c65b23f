"""The command line: one verb a question. Each verb lives in a module that is imported only when it is asked for."""

from gateway.cli.main import gateway as main

__all__ = ["main"]
