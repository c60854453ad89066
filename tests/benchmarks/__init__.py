"""Scripts that measure and print; no test asserts a time, as machines are noisy."""
