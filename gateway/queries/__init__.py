"""What people ask of an instance: one query behind every listing, page and explanation, and JSON values as its answer.

The command line and the console only lay them out. Orders, documents and cases are in listings.py, whose functions are
given here; each other question has a module of its own.
"""

from gateway.queries.listings import (
    Json,
    answers,
    as_json,
    case,
    case_line,
    count_gaps,
    deadlines,
    document,
    document_line,
    documents_of,
    find_order,
    gaps,
    let_go,
    order,
    orders,
    raw_of,
    to_the_second,
)

__all__ = [
    "Json",
    "answers",
    "as_json",
    "case",
    "case_line",
    "count_gaps",
    "deadlines",
    "document",
    "document_line",
    "documents_of",
    "find_order",
    "gaps",
    "let_go",
    "order",
    "orders",
    "raw_of",
    "to_the_second",
]
