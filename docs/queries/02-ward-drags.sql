-- Hỏi: phường, xã nào kéo chỉ tiêu nước sạch xuống, còn thiếu bao nhiêu hộ?
-- Question: which ward drags a target down, and how many households does it lack?
-- Another line or quarter: change the two words of ward_ranking. The furthest below the town's target comes first.
--   clean, households   households using clean water, of all households
--   pct, gap            the rate in %, and its distance from the town's target in points
--   lacking             households still to be connected for the ward to reach the target; 0 where it is there
SELECT unit_name_vi, CAST(numerator AS INTEGER) AS clean, CAST(denominator AS INTEGER) AS households,
       round(actual, 2) AS pct, round(gap, 2) AS gap,
       CAST(greatest(ceil(town_target * denominator / 100 - numerator), 0) AS INTEGER) AS lacking
FROM ward_ranking('clean_water', '2024-Q4');
