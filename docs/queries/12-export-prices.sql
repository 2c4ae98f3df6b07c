-- Hỏi: đơn giá xuất khẩu từng mặt hàng qua các quý, có chỗ nào bất thường?
-- Question: the unit price of each good by quarter: does one look wrong?
-- Only goods that have both a quantity and a value. A jump like that of rubber in 2024-Q4 is a question to the sender.
--   unit             unit of the quantity, as printed
--   Q1 ... Q4        value of the quarter / its quantity, in USD a unit; null is no figure
--   illustrative     true: any of them rests on sample data
SELECT goods, quantity_unit AS unit,
       round(max(price) FILTER (quarter = '2024-Q1'), 1) AS Q1, round(max(price) FILTER (quarter = '2024-Q2'), 1) AS Q2,
       round(max(price) FILTER (quarter = '2024-Q3'), 1) AS Q3, round(max(price) FILTER (quarter = '2024-Q4'), 1) AS Q4,
       bool_or(is_sample) AS illustrative
FROM (SELECT *, 1e6 * value_quarter / quantity_quarter AS price FROM exports_by_good WHERE quantity_quarter > 0)
GROUP BY goods, quantity_unit
ORDER BY goods;
