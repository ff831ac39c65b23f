"""A gateway between Amazon and an ERP: it translates, checks, sequences, remembers and explains."""

__version__ = "0.1.0"
