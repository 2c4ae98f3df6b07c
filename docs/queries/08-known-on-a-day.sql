-- Hỏi: vào một ngày nhất định, con số này đã được biết là bao nhiêu?
-- Question: how was a figure known on a day? (Exports of the first half of 2024, before and after its correction.)
-- A day means its end. Before the first file came there is a row without a figure.
--   actual, pct             the figure as then known (triệu USD), and its share of the target
--   obs_status, status_vi   what kind of figure it was, and the result as then judged
--   illustrative            true: the figure as then known, or its target, is not a published one
WITH days(day) AS (VALUES (DATE '2024-07-05'), (DATE '2024-07-10'), (DATE '2024-07-17'))
SELECT days.day, known.actual, round(known.attainment_pct, 1) AS pct, known.obs_status, known.status_vi,
       known.target_is_illustrative OR known.actual_is_illustrative AS illustrative
FROM days, attainment_as_of(days.day) AS known
WHERE known.indicator_code = 'export_turnover' AND known.quarter = '2024-Q2' AND known.is_leading
ORDER BY days.day;
