"""iftgen: instruction fine-tuning datasets, generated, filtered, counted and explained."""

__version__ = "0.1.0"
