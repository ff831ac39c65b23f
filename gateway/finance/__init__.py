"""Settlements to journal entries, and what finance must be told: no file, no clock, no table of the journal's."""
