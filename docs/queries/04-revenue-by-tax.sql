-- Hỏi: thu ngân sách theo từng sắc thuế so với cùng kỳ năm trước thế nào?
-- Question: revenue by tax against the same period of last year?
-- The rows shown are the parts of domestic revenue (path A.I.1 to A.I.10) and their sum (A.I); never add all up.
--   this_year, last_year   cumulative from 1 January, tỷ đồng
--   index_pct              this year / last year x 100: 103.5 is a rise of 3.5 %
--   change                 difference, tỷ đồng
SELECT now.path, now.content, round(now.actual, 3) AS this_year, round(before.actual, 3) AS last_year,
       round(100 * now.actual / before.actual, 1) AS index_pct, round(now.actual - before.actual, 3) AS change,
       now.is_sample OR before.is_sample AS illustrative
FROM budget_by_item AS now
LEFT JOIN budget_by_item AS before ON before.path = now.path AND before.quarter = '2023-Q4'
WHERE now.quarter = '2024-Q4' AND regexp_full_match(now.path, 'A\.I(\.[0-9]+)?')
ORDER BY now.row;
