"""Bytes to segments to envelopes, and back. No meaning: what a segment says is the grammar's and the mapping's."""
