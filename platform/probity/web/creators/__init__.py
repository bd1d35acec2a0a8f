"""The creators' door: checking a file, signing works, finding stripped copies again."""
