"""What leaves the house, for administrators: endpoints, deliveries, dead letters."""
