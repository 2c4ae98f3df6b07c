-- Hỏi: năm 2023, 2024 đạt, vượt bao nhiêu chỉ tiêu, chỉ tiêu nào không đạt?
-- Question: how many targets were met or exceeded in each year, and what was missed?
-- Counted over the ten main lines; sub-lines stand beside the count, never in it.
--   exceeded, met, missed, undecided   add up to with_target
--   headline_vi                        the count as it is reported
SELECT year, with_target, exceeded, met, missed, undecided, headline_vi, sub_lines_missed_vi,
       is_illustrative AS illustrative
FROM year_results
WHERE plan_source = 'leading';
