-- Hỏi: giải quyết việc làm ở từng phường, xã so với cùng kỳ năm trước?
-- Question: jobs by ward against the same period of last year?
-- Another quarter: change '2024-Q4'; last year's is taken from it.
-- Wards as they were in each quarter; across a merger use mart.unit_series (docs/analysts.md).
--   this_year, last_year   people placed since 1 January
--   share_pct              of the town's sum
--   illustrative           true: either year rests on sample data
WITH asked(quarter, last_year) AS (
    SELECT of.quarter, CAST(left(of.quarter, 4) AS INTEGER) - 1 || right(of.quarter, 3)
    FROM (VALUES ('2024-Q4')) AS of(quarter)
)
SELECT now.unit_name_vi, CAST(now.actual AS INTEGER) AS this_year, CAST(before.actual AS INTEGER) AS last_year,
       round(100 * now.actual / before.actual, 1) AS index_pct, round(now.share_of_town_pct, 1) AS share_pct,
       now.actual_is_illustrative OR coalesce(before.actual_is_illustrative, false) AS illustrative
FROM asked
JOIN by_ward AS now USING (quarter)
LEFT JOIN by_ward AS before
    ON (before.indicator_code, before.unit_code, before.unit_valid_from, before.quarter)
        = (now.indicator_code, now.unit_code, now.unit_valid_from, asked.last_year)
WHERE now.indicator_code = 'jobs'
ORDER BY index_pct, now.unit_name_vi;
