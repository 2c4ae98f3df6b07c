-- Hỏi: con số này lấy từ ô nào, tệp nào, cộng trừ ra sao?
-- Question: from which cells is a figure made, in which file?
--   cell, text, printed_unit   where it stands, what stands there, and the unit it is printed in
--   value, factor              in the unit of the measure; factor -1 is subtracted
--   illustrative               true: sample data
SELECT role_vi, name_vi, regexp_extract(file, '[^/]+$') AS file, sheet, cell, text, printed_unit, value, factor,
       is_illustrative AS illustrative
FROM trace('green_cover', '2024-Q4');
