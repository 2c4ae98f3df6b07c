-- Hỏi: thu ngân sách theo từng sắc thuế so với cùng kỳ năm trước thế nào?
-- Question: revenue by tax against the same period of last year?
-- Another quarter: change '2024-Q4'; last year's is taken from it. Items are matched by their code (item), not by their
-- number in the form, which may differ from year to year; what one of the two years lacks has null there.
-- The rows shown are the parts of domestic revenue (path A.I.1 to A.I.10) and their sum (A.I); never add all up.
--   this_year, last_year   cumulative from 1 January, tỷ đồng
--   index_pct              this year / last year x 100: 103.5 is a rise of 3.5 %
--   change                 difference, tỷ đồng
WITH asked(quarter) AS (VALUES ('2024-Q4')),
parts AS (SELECT * FROM budget_by_item WHERE regexp_full_match(path, 'A\.I(\.[0-9]+)?')),
now AS (SELECT parts.* FROM parts, asked WHERE parts.quarter = asked.quarter),
before AS (
    SELECT parts.* FROM parts, asked
    WHERE parts.quarter = CAST(left(asked.quarter, 4) AS INTEGER) - 1 || right(asked.quarter, 3)
)
SELECT coalesce(now.path, before.path) AS path, coalesce(now.content, before.content) AS content,
       round(now.actual, 3) AS this_year, round(before.actual, 3) AS last_year,
       round(100 * now.actual / before.actual, 1) AS index_pct, round(now.actual - before.actual, 3) AS change,
       coalesce(now.is_sample, false) OR coalesce(before.is_sample, false) AS illustrative
FROM now
FULL JOIN before ON before.item = now.item
ORDER BY now.row NULLS LAST, before.row;
