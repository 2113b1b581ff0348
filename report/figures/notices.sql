-- Pending move-out notices.
SELECT
  contract_id AS contract,
  asset_id_hj AS asset,
  room_number AS room,
  tenant_type AS type,
  municipality AS place,
  notice_received_date AS received,
  planned_moveout_date AS planned,
  is_overdue AS overdue
FROM gold.moveout_notices
WHERE moveout_status = 'Pending'
ORDER BY planned_moveout_date, contract_id
