-- Hỏi: chỉ tiêu nào đang chậm tiến độ, chậm bao nhiêu, còn thiếu bao nhiêu?
-- Question: which targets are behind their pace, by how much, and how much is still needed?
-- Another quarter: change '2024-Q2'. No rows: nothing is behind. A line without a figure is not judged (docs/analysts.md).
--   target, actual, expected  year's target, figure so far, figure expected by the quarter's end; in unit
--   short_of_pace             actual - expected; negative is behind
--   gap                       by how much the year's target is not yet reached (negative)
--   illustrative              true: rests on sample data
SELECT ordinal, name_vi, unit, target, round(actual, 2) AS actual, round(expected, 2) AS expected,
       round(actual - expected, 2) AS short_of_pace, round(gap, 2) AS gap, pace_vi,
       actual_is_illustrative AS illustrative
FROM behind('2024-Q2');
