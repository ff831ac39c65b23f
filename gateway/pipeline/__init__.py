"""The story, both ways: a file comes in, a document goes out.

    file -> interchange -> message -> document -> LIFECYCLE -> document -> message -> interchange -> file

`receive` takes one file: every envelope is opened, its partner found, every message checked, mapped and handed to the
lifecycle, every group answered. `dispatch` is the mirror image: a document is written by its mapping, read back by the
same grammar, given its control numbers, sealed and put into the outbox. Both work in the one transaction of their desk,
so either all of a file is taken or nothing is.
"""

from gateway.pipeline.desk import Catalogue, Desk
from gateway.pipeline.dispatching import dispatch
from gateway.pipeline.receiving import receive
from gateway.pipeline.refusals import Receipt

__all__ = ["Catalogue", "Desk", "Receipt", "dispatch", "receive"]
