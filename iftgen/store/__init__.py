"""The run folder: append, recover, read; and the store of paid replies."""
