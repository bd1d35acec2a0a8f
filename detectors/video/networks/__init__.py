"""Networks for faces, written from their papers; weights come from the catalogue."""
