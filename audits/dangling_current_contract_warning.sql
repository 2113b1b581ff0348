AUDIT (
  name dangling_current_contract_warning,
  blocking FALSE
);

SELECT
  SUM(CASE WHEN m.id IS NULL THEN 1 ELSE 0 END) AS dangling_tenants,
  COUNT(*) AS population_tenants
FROM staging.tenants AS t
JOIN seeds.code_tenant_status AS s
  ON s.code = t.status AND s.is_population = 1
LEFT JOIN staging.movings AS m
  ON m.id = t.moving_id AND m.tenant_id = t.id
HAVING
  SUM(CASE WHEN m.id IS NULL THEN 1 ELSE 0 END) * 100 > COUNT(*) * @percent