"""Readers and writers: how documents lie in files."""
