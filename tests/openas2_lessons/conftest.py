"""An instance whose partners come through an AS2 server."""

from typing import TYPE_CHECKING

import pytest

from tests.openas2_lessons.server import As2Server
from tests.pipeline.conftest import orders, send

__all__ = ["orders", "send", "server"]

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.fixture
def server(house: "House") -> As2Server:
    """The AS2 server beside the instance of the shipped examples."""
    return As2Server(house)
