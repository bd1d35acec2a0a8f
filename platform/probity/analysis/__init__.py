"""Jobs (the truth about work), runs, findings and assessments; the door to the engines."""
