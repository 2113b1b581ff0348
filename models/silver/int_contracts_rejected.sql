/* Contracts that silver.int_contracts leaves out, each with the reason: no contract disappears unseen. */
MODEL (
  name silver.int_contracts_rejected,
  kind VIEW,
  owner data_team,
  grain moving_id,
  audits (
    UNIQUE_VALUES(columns := (
      moving_id
    )),
    NOT_NULL(columns := (moving_id, reason)),
    ACCEPTED_VALUES(
      column := reason,
      is_in := ('tenant missing', 'property missing', 'room missing', 'other contract of the same room kept')
    )
  )
);

SELECT
  m.moving_id, /* contract id */
  CASE
    WHEN t.id IS NULL
    THEN 'tenant missing'
    WHEN p.id IS NULL
    THEN 'property missing'
    WHEN r.id IS NULL
    THEN 'room missing'
    ELSE 'other contract of the same room kept'
  END::VARCHAR(64) AS reason /* why it is left out: a parent row is missing, or a newer or valid contract stands for it */
FROM silver.stg_movings AS m
LEFT JOIN silver.int_contracts AS c
  ON c.contract_id = m.moving_id
LEFT JOIN staging.tenants AS t
  ON t.id = m.tenant_id
LEFT JOIN staging.apartments AS p
  ON p.id = m.apartment_id
LEFT JOIN staging.rooms AS r
  ON r.id = m.room_id
WHERE
  c.contract_id IS NULL