"""The pages that look after the people who look."""
