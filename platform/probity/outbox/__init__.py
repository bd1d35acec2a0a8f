"""What leaves the house: mail and webhooks, written down before they are sent, signed, retried."""
