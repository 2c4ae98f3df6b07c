"""What an asset's page says: its table, its columns, what came in and what went back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from lagi_pipeline.reporting.markdown import escaped, markdown_table
from lagi_pipeline.reporting.slips import Slip
from lagi_pipeline.steps.gate import Verdict
from lagi_pipeline.steps.ingest import Ingested
from lagi_pipeline.warehouse.tables import Table

_MOST_FINDINGS = 50
RULES = "rules"
"""What a check says of the rules that failed: their codes and how often each did; an alert may tell it."""
CONTENT = "content"
"""What a check says where a repetition is not the same text: a digest by which one is known."""


def table_metadata(table: Table) -> dict[str, Any]:
    """The table of an asset with its column schema, made from the model."""
    columns = [
        dg.TableColumn(
            column.name,
            type=column.sql_type,
            description=column.comment,
            constraints=dg.TableColumnConstraints(nullable=column.nullable),
        )
        for column in table.columns
    ]
    return {
        "dagster/table_name": table.full_name,
        "dagster/storage_kind": "duckdb",
        "dagster/column_schema": dg.TableSchema(columns=columns),
    }


def quarter_metadata(result: Ingested) -> dict[str, Any]:
    """What came in for one quarter of a feed."""
    metadata: dict[str, Any] = {
        "quarter": str(result.quarter),
        "files": result.files,
        "dagster/partition_row_count": result.accepted,
        "rows_read": result.rows_read,
        "rows_rejected": result.rejected,
        "warnings": result.warnings,
    }
    if result.refused:
        metadata["refused_files"] = dg.MetadataValue.md("\n".join(f"- {escaped(reason)}" for reason in result.refused))
    if result.strays:
        metadata["stray_files"] = ", ".join(result.strays)
    if result.removed:
        metadata["removed_files"] = ", ".join(result.removed)
    return metadata


def findings_markdown(results: Sequence[Ingested]) -> str:
    """Findings as a Markdown table, and the refused files above it."""
    lines = [f"- **{escaped(reason)}**" for result in results for reason in result.refused]
    findings = [(file, finding) for result in results for file, finding in result.findings]
    if findings:
        shown = (
            (file, found.sheet, found.cell or f"dòng {found.row}", str(found.severity), found.rule, found.reason)
            for file, found in findings[:_MOST_FINDINGS]
        )
        lines += ["", *markdown_table(("Tệp", "Trang", "Ô", "Mức độ", "Quy tắc", "Lý do"), shown)]
    if len(findings) > _MOST_FINDINGS:
        lines.append(f"\n… và {len(findings) - _MOST_FINDINGS} mục nữa trong quarantine.rejected_row")
    return "\n".join(lines) or "không có gì phải trả lại"


def rules_told(results: Sequence[Ingested]) -> str:
    """The rules that rows failed and how often, as ``register_once 2, not_a_day 1``; no word of a cell."""
    failed = Counter(finding.rule for result in results for _, finding in result.findings)
    return ", ".join(f"{rule} {count}" for rule, count in failed.most_common()) or "none"


def slips_markdown(slips: Sequence[Slip]) -> str:
    """The slips of a quarter as a Markdown table."""
    if not slips:
        return "không có gì phải trả lại"
    rows = ((slip.path.name, slip.file, str(slip.errors), str(slip.warnings), f"{slip.due:%d/%m/%Y}") for slip in slips)
    return "\n".join(markdown_table(("Phiếu trả lại", "Tệp", "Lỗi", "Cảnh báo", "Cần sửa trước ngày"), rows))


def verdict_metadata(verdict: Verdict) -> Mapping[str, Any]:
    """What a rule of the gate found."""
    return {"failures": len(verdict.failures), "first": "\n".join(verdict.failures[:_MOST_FINDINGS]) or "none"}
