"""Showing what a chain did, from the record and nothing else."""
