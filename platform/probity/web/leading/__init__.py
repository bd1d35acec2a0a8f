"""What a lead sets: queues and their targets, routing, what counts as urgent."""
