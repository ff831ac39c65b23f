"""Segments to a tree, and back, driven by the grammars in schemas/; findings to acknowledgements."""
