-- Hỏi: từ báo cáo gần nhất của quý đến nay số liệu nào đã thay đổi, và vì sao?
-- Question: what has changed since the quarter's newest report, and why?
-- Empty where no report was issued for the quarter, or nothing has changed.
--   aspect_vi                what differs: the figure, the target, or the result
--   then, now, change        the figure as reported, as it is today, and the difference; in unit, null is no figure
--   status_then, status_now  the result then and today
--   illustrative             true: the line rested on sample data then, or does now
SELECT ordinal, name_vi, unit, aspect_vi, round(figure_then, 2) AS "then", round(figure_now, 2) AS now,
       round(change, 2) AS change, status_vi_then AS status_then, status_vi_now AS status_now, why_vi,
       is_illustrative AS illustrative
FROM what_changed
WHERE quarter = '2024-Q2' AND plan_source = 'party_resolution';
