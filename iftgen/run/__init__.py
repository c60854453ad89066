"""The engine: the window, ordered commits, quotas and recovery."""
