-- Hỏi: cả năm sẽ về đâu: cơ quan ước bao nhiêu, hệ thống dự báo bao nhiêu?
-- Question: where will the year end: the office's own estimate beside the forecast?
-- Lines that have either. The two are never mixed; the forecast is null where earlier years are too few (docs/method.md).
--   office_estimate          the office's estimate of the whole year, as last reported; in unit
--   forecast, low, high      the forecast and its 80 % interval; in unit
--   probability_pct          that the target is met, by the forecast
--   by_estimate, by_forecast what either would mean; null is none, or too close to call
--   illustrative             true: the figure or the target is not a published one
SELECT ordinal, name_vi, unit, target, round(actual, 2) AS actual, year_estimate AS office_estimate,
       round(forecast, 1) AS forecast, round(forecast_low, 1) AS low, round(forecast_high, 1) AS high,
       round(probability_pct) AS probability_pct, estimate_status_vi AS by_estimate, forecast_status_vi AS by_forecast,
       target_is_illustrative OR actual_is_illustrative AS illustrative
FROM quarter_report('2024-Q3')
WHERE year_estimate IS NOT NULL OR forecast IS NOT NULL;
