"""Export: the accepted rows of a run in the file formats that trainers read."""

from iftgen.export.dataset import FORMATS, Format, check_formats, export_dataset

__all__ = ["FORMATS", "Format", "check_formats", "export_dataset"]
