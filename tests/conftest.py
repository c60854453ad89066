"""What holds for all tests: no example of Hypothesis is judged by its time, as machines are noisy."""

from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
