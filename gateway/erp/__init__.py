"""Adapters to the other shore: base.py is the seam, files.py the pair of folders that any ERP can meet."""

from gateway.erp.base import Collected, ErpAdapter, Kind
from gateway.erp.files import FilesErp, kind_of

__all__ = ["Collected", "ErpAdapter", "FilesErp", "Kind", "kind_of"]
