-- Hỏi: cơ quan nào hay nộp báo cáo chậm, chậm bao lâu?
-- Question: who reports late, and how often?
-- Rates are DHIS2's: reports received, and received on time, over reports expected. An estimate alone is no report.
--   expected, received, on_time   reports of the year whose last day has passed
--   most_days_late                the longest delay, in days, of what was late or is still missing
SELECT office_name_vi, count(*) AS expected, sum(received) AS received, sum(on_time) AS on_time,
       round(100.0 * sum(received) / count(*), 1) AS reporting_rate_pct,
       round(100.0 * sum(on_time) / count(*), 1) AS on_time_rate_pct, max(days_late) AS most_days_late
FROM reports_received
WHERE expected = 1 AND quarter BETWEEN '2024-Q1' AND '2024-Q4'
GROUP BY office_name_vi
ORDER BY on_time_rate_pct, most_days_late DESC, office_name_vi;
