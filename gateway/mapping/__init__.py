"""Trees to documents, and back, driven by the mappings in mappings/. One row serves both directions."""
