"""Stock at a marketplace: its states, what differs from the ERP, what is offered, what is on its way. Pure."""
