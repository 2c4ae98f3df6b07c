-- Hỏi: phường, xã nào kéo chỉ tiêu nước sạch xuống, còn thiếu bao nhiêu hộ?
-- Question: which ward drags a target down, and how many households does it lack?
-- Another line or quarter: change the two words of ward_ranking. The furthest below the town's target comes first.
--   numerator, denominator   households using clean water, of all households; of another line, what its rate is made of
--   pct, gap                 the rate in %, and its distance from the town's target in points; null is no figure
--   lacking                  households still to be connected for the ward to reach the target; 0 where it is there,
--                            null without a figure. Only rates in % of which more is better have such a number: it is
--                            null for flows (jobs), for changes (poverty_reduction) and for lines that ask at most
--   illustrative             true: rests on sample data
SELECT ward.unit_name_vi, ward.numerator, ward.denominator, round(ward.actual, 2) AS pct, round(ward.gap, 2) AS gap,
       CASE WHEN ward.unit = '%' AND line.direction = 'at_least' THEN CAST(if(ward.gap >= 0, 0,
           ceil(round(ward.town_target * ward.denominator / 100 - ward.numerator, 6))) AS INTEGER) END AS lacking,
       ward.actual_is_illustrative AS illustrative
FROM ward_ranking('clean_water', '2024-Q4') AS ward
LEFT JOIN target_series AS line USING (quarter, indicator_code)
ORDER BY ward.gap, ward.actual, ward.unit_code;
