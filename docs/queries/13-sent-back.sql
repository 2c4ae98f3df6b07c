-- Hỏi: những gì đã trả lại các cơ quan, ở ô nào, vì sao, đã sửa chưa?
-- Question: what went back to the offices, at which cell, why, and has it been put right?
-- Warnings, whose rows were kept, stand in sent_back too: severity = 'warning'.
--   severity_vi   a row, or a whole file
--   resolved_at   when the corrected file came; null is still open
SELECT quarter, office_name_vi, regexp_extract(file, '[^/]+$') AS file, cell, severity_vi, reason, resolved_at
FROM sent_back
WHERE severity <> 'warning' AND quarter BETWEEN '2024-Q1' AND '2024-Q4';
