"""The terminal UI: watches runs and sweeps by their folders, steers them, takes human reviews. No business logic."""
