"""SAP's documents and ours: pure conversions both ways, by a profile that holds all that is configuration.

`to_sap` answers with the document for an IDoc or with gaps, `from_sap` with documents or findings. Which field of which
segment holds what is the work of mappings/idoc.
"""
