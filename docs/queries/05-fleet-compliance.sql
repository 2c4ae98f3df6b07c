-- Hỏi: tàu cá theo nhóm chiều dài: còn hạn giấy phép, đã lắp thiết bị giám sát hành trình bao nhiêu?
-- Question: compliance with licences and monitoring devices (VMS) by length class?
-- The last row is the whole fleet: never add it to the others. Vessels sold or struck off are in no denominator.
--   licensed_pct            licences valid on the quarter's last day / all vessels of the row x 100. A licence is needed
--                           from 6 m on (Luật Thủy sản 2017, Điều 50): the vessels below are in the denominators of
--                           their own row, whose share tells nothing of compliance, and of the whole fleet's
--   vms_required, vms_pct   vessels that must carry a device, and the share fitted; null where none must
--   laid_up                 of those not fitted, laid up in port
--   three_no                not registered, not inspected, not licensed
SELECT length_class_vi, vessels, licensed, round(licensed_pct, 1) AS licensed_pct, vms_required, vms_fitted,
       round(vms_pct, 1) AS vms_pct, vms_missing_laid_up AS laid_up, three_no, is_illustrative AS illustrative
FROM fleet
WHERE quarter = '2024-Q4' AND vessels > 0;
