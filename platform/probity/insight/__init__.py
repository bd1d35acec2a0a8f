"""What leads look at: reads only, no rows of its own."""
