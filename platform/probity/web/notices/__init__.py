"""What people were told: their private pages, a case's letters, the words, the database."""
