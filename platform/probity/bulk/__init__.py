"""One action on many cases: previewed, capped, agreed to, done case by case, undone as a whole."""
