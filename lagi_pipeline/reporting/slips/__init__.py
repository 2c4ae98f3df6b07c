"""Return slips: for each file with open findings a workbook that goes back to its sender.

They hold what the sender wrote, names included, so they stand under ``data/warehouse/slips`` and nothing that is
published, logged or counted is made from them. ``returned`` is what the quarantine says of a file, ``pages`` its sheets
as they are shown again, ``workbook`` the slip itself, ``files`` where slips stand and when they are written.
"""

from lagi_pipeline.reporting.slips.files import SLIP_VERSION, Slip, write_slips

__all__ = ["SLIP_VERSION", "Slip", "write_slips"]
