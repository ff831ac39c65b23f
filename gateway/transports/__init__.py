"""Ways by which files come and go: base.py is the seam, folder.py the one of this machine, memory.py the fake."""

from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged, Transport, label_of, put
from gateway.transports.folder import FolderTransport
from gateway.transports.memory import MemoryTransport
from gateway.transports.quarantine import Quarantine, Reason

__all__ = [
    "Arrival",
    "Entry",
    "FolderTransport",
    "Later",
    "MemoryTransport",
    "Quarantine",
    "Reason",
    "Refusal",
    "Staged",
    "Transport",
    "label_of",
    "put",
]
