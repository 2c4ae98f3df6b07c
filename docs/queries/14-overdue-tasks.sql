-- Hỏi: nhiệm vụ nào quá hạn, gắn với chỉ tiêu nào, chỉ tiêu đó đang ở đâu?
-- Question: which tasks are overdue, which targets do they serve, and where do those stand?
-- One row for each task and target; a task that serves none has nulls there.
--   due, completion_pct   the day it was due, and the share done as reported
--   ordinal, status_vi    the target that it serves, and its result in the same quarter
WITH late AS (
    SELECT tasks.quarter, tasks.task_code, tasks.task_vi, tasks.lead_office_vi, tasks.due, tasks.completion_pct,
           trim(unnest(coalesce(string_split(tasks.indicator_codes, ';'), [NULL]))) AS indicator_code
    FROM tasks
    WHERE tasks.status = 'in_progress_overdue' AND tasks.quarter = (SELECT max(t.quarter) FROM tasks AS t
        WHERE t.status <> 'no_data')
)
SELECT late.quarter, late.task_vi, late.lead_office_vi, late.due, late.completion_pct, target.ordinal, target.name_vi,
       target.status_vi, target.pace_vi
FROM late
LEFT JOIN target_series AS target ON (target.quarter, target.indicator_code) = (late.quarter, late.indicator_code)
ORDER BY late.due, late.task_code, late.indicator_code;
