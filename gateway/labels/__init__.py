"""Labels of cartons and pallets: GS1-128 with the SSCC, as ZPL for a label printer and as PDF for any other.

label.py says what stands on one, layout.py where, in millimetres; zpl.py and pdf.py draw the same layout.
"""

from gateway.labels.label import Label, labels_of
from gateway.labels.pdf import to_pdf
from gateway.labels.zpl import to_zpl

__all__ = ["Label", "labels_of", "to_pdf", "to_zpl"]
