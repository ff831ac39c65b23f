"""What is known of IDocs is read when it is needed, and what is wrong with it is told with its file."""

import pytest

from gateway.errors import SchemaError
from gateway.grammar.sources import Source
from gateway.mapping.idocs import Idocs
from gateway.resources import SHIPPED, mappings_of


def test_the_shipped_catalogue_and_mappings_are_read_once() -> None:
    idocs = mappings_of(None).idocs
    assert idocs.catalogue is idocs.catalogue
    assert idocs.mapping("ORDERS") is idocs.mapping("ORDERS")


def test_a_catalogue_with_faults_is_refused_with_all_of_them() -> None:
    names = ["schemas/idoc/segments/orders.toml", "schemas/idoc/BROKEN.toml"]
    broken = Source("schemas/idoc/BROKEN.toml", 'type = "BROKEN"\nname = 3\nsegments = ["E1NOWHERE M 1"]\n')
    idocs = Idocs(lambda name: broken if "BROKEN" in name else SHIPPED.read_text(name), names)
    with pytest.raises(SchemaError, match=r"BROKEN\.toml"):
        _ = idocs.catalogue
