"""Figures for leads: charts drawn here, with the table behind each."""
