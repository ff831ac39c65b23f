"""What must turn the tests about SAP red."""

from collections.abc import Callable
from typing import Any

from gateway.pipeline.courier import Pace
from tests.requirements.mutation import Mutation, always


def _first_only(read: Callable[..., Any]) -> Callable[..., Any]:
    """A reader of files that stops at the first IDoc that is refused."""

    def reading(*arguments: Any) -> Any:
        for said in read(*arguments):
            yield said
            if said.findings:
                return

    return reading


SAP: tuple[Mutation, ...] = (
    Mutation("69", "orders go all at once", "gateway.turn.paces_of", lambda _: lambda _instance: {"erp": Pace()}),
    Mutation("69", "a bad IDoc ends its file", "gateway.pipeline.idocs.read_idocs", _first_only),
    Mutation("73", "SAP gets no journal entries", "gateway.erp.sap.kinds_of", always(frozenset({"sales-order"}))),
)
