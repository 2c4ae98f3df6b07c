-- Hỏi: giải quyết việc làm ở từng phường, xã so với cùng kỳ năm trước?
-- Question: jobs by ward against the same period of last year?
-- Wards as they were in each quarter; across a merger use mart.unit_series (docs/analysts.md).
--   this_year, last_year   people placed since 1 January
--   share_pct              of the town's sum
SELECT now.unit_name_vi, CAST(now.actual AS INTEGER) AS this_year, CAST(before.actual AS INTEGER) AS last_year,
       round(100 * now.actual / before.actual, 1) AS index_pct, round(now.share_of_town_pct, 1) AS share_pct
FROM by_ward AS now
LEFT JOIN by_ward AS before
    ON (before.indicator_code, before.unit_code, before.unit_valid_from, before.quarter)
        = (now.indicator_code, now.unit_code, now.unit_valid_from, '2023-Q4')
WHERE now.indicator_code = 'jobs' AND now.quarter = '2024-Q4'
ORDER BY index_pct, now.unit_name_vi;
