"""What may happen to an order and what follows from it: events, the fold over them, decisions, problems. All pure."""
