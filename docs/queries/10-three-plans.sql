-- Hỏi: cùng một số liệu so với nghị quyết, HĐND giao, tỉnh giao thì đạt bao nhiêu?
-- Question: the same figure against the resolution, the council's plan and the province's?
-- Lines for which the council or the province has a target of its own; a plan without one is null.
--   actual                      year to date, in unit
--   party, council, province    the three targets; ..._pct the share of each
SELECT ordinal, name_vi, unit, round(actual, 2) AS actual, party_resolution_target AS party,
       round(party_resolution_attainment_pct, 1) AS party_pct, council_target AS council,
       round(council_attainment_pct, 1) AS council_pct, province_target AS province,
       round(province_attainment_pct, 1) AS province_pct, is_illustrative AS illustrative
FROM targets_by_plan
WHERE quarter = '2024-Q4' AND (council_target IS NOT NULL OR province_target IS NOT NULL);
