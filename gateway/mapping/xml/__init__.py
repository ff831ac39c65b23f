"""Mappings between documents and XML: the row language of the other mappings, with a small XPath for WHERE.

    number     = "E1EDK02[QUALF='001']/BELNR"      one value; on writing the row makes what its path names
    not_before = "window/@not_before"              an attribute
    street     = "street.."                        a list: `..` stands behind the element that comes again
    lines.each = "lines/line"                      a list of records; `loop` for one record
    unit       = "@unit via unit default each"

`message = "xml/sales-order"` names the standard, whose types say how values are written (codecs.py), and the element
in which the rows stand: `"idoc/ORDERS05/IDOC"` is the IDOC below the root ORDERS05.
"""

from gateway.mapping.xml.making import make_xml_mapping, xml_mapping_problems
from gateway.mapping.xml.mapping import XmlMapping, XmlRow, XmlTable
from gateway.mapping.xml.reading import XmlReading, XmlTrace, read_element
from gateway.mapping.xml.writer import XmlText, XmlWriter
from gateway.mapping.xml.writing import XmlWriting, write_element

__all__ = [
    "XmlMapping",
    "XmlReading",
    "XmlRow",
    "XmlTable",
    "XmlText",
    "XmlTrace",
    "XmlWriter",
    "XmlWriting",
    "make_xml_mapping",
    "read_element",
    "write_element",
    "xml_mapping_problems",
]
