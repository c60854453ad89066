"""The forecast of a run: what it would ask, what that takes, and what a pilot of it measured."""

from iftgen.run.forecast.document import as_json, shown_prompts
from iftgen.run.forecast.estimate import Forecast, forecast
from iftgen.run.forecast.pilot import Pilot, read_pilot

__all__ = ["Forecast", "Pilot", "as_json", "forecast", "read_pilot", "shown_prompts"]
