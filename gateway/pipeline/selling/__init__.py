"""The seller's side of the story: reports of marketplaces come in, documents for the ERP and feeds go out.

    report -> rows -> TAKERS -> settlements | sales | inventory | ... -> posting -> ERP

`reports` opens a report and finds its seller, `sellers` has the tables of who takes it and of what goes on by itself,
`posting` hands documents to the ERP. Settlements, suspense, bank, taxes and reimbursements are money; sales,
fulfilments, refunds and dispatch confirmations are orders; inventory, adjustments, disposals, finds, inbound,
availability, promises and pushes are stock.
"""
