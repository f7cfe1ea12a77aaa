"""Copydesk inside other people's programs: scrapers, clusters. Each module imports only what it is for."""
