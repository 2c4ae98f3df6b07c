"""Each kind of office file as grids, whatever its name says it is; what would harm the machine is refused first."""

from lagi_pipeline.intake.formats.kinds import SUFFIXES
from lagi_pipeline.intake.formats.workbook import read_workbook

__all__ = ["SUFFIXES", "read_workbook"]
