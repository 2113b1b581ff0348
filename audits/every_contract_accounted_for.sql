AUDIT (
  name every_contract_accounted_for
);

SELECT DISTINCT
  m.tenant_id,
  m.apartment_id,
  m.room_id
FROM staging.movings AS m
JOIN staging.tenants AS t
  ON t.id = m.tenant_id
JOIN staging.apartments AS p
  ON p.id = m.apartment_id
JOIN staging.rooms AS r
  ON r.id = m.room_id
LEFT JOIN @this_model AS c
  ON c.tenant_id = m.tenant_id AND c.apartment_id = m.apartment_id AND c.room_id = m.room_id
WHERE
  c.contract_id IS NULL