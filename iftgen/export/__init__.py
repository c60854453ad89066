"""Export: the accepted rows of a run in the file formats that trainers read, with what reviewers said of them."""

from iftgen.export.dataset import FORMATS, Format, check_formats, export_dataset
from iftgen.export.reviewed import Applied, Exported, export_run, reviewed_rows
from iftgen.export.rows import read_examples

__all__ = [
    "FORMATS",
    "Applied",
    "Exported",
    "Format",
    "check_formats",
    "export_dataset",
    "export_run",
    "read_examples",
    "reviewed_rows",
]
