"""The only modules that import libraries for running networks."""
