-- What does not change about a tenant: the person. `dirt` is at most one deliberate fault a tenant.
CREATE TABLE people AS
WITH scale AS (
  SELECT id AS nationality_id, name AS nationality, sum(weight) OVER (ORDER BY id) - weight AS low FROM nationalities
  UNION ALL SELECT 0, '', (SELECT sum(weight) FROM nationalities)
  UNION ALL SELECT 52, '', (SELECT sum(weight) FROM nationalities) + 312
  UNION ALL SELECT 0, NULL, (SELECT sum(weight) FROM nationalities) + 545
), drawn AS (
  SELECT tenant_ix, id, created_day, contract_type,
    rnd('nationality', tenant_ix, (SELECT sum(weight)::BIGINT + 1199 FROM nationalities)) AS at,
    rnd('person-a', tenant_ix, 4294967296) AS a,
    rnd('person-b', tenant_ix, 4294967296) AS b,
    tenant_dirt(row_number() OVER (ORDER BY rnd('tenant-dirt', tenant_ix, 1000000000), tenant_ix)) AS dirt,
    row_number() OVER (ORDER BY rnd('tenant-dirt', tenant_ix, 1000000000), tenant_ix) AS dirt_rank
  FROM tenants
), placed AS (
  SELECT d.*, s.nationality AS plain_nationality, s.nationality_id AS plain_nationality_id,
    CASE WHEN s.nationality_id = 1 OR s.nationality = '' AND d.a % 3 = 0 THEN 'jp' WHEN s.nationality_id BETWEEN 2 AND 5 THEN 'east'
      WHEN s.nationality_id IN (6, 7, 8, 9, 10, 11, 22, 24, 25, 26) THEN 'west' ELSE 'asia' END AS origin
  FROM drawn d ASOF JOIN scale s ON d.at >= s.low
), named AS (
  SELECT *,
    CASE origin WHEN 'jp' THEN w_jp_last_a(a) || w_jp_last_b(a // 64) WHEN 'east' THEN w_east_last(a)
      WHEN 'west' THEN w_west_last(a) ELSE w_asia_last(a) END AS last_part,
    CASE origin WHEN 'jp' THEN w_jp_first_a(b) || w_jp_first_b(b // 64) WHEN 'east' THEN w_east_first(b)
      WHEN 'west' THEN w_west_first(b) ELSE w_asia_first(b) END AS first_part,
    CASE origin WHEN 'jp' THEN w_jp_last_a_kana(a) || w_jp_last_b_kana(a // 64) WHEN 'east' THEN w_east_last_kana(a)
      WHEN 'west' THEN w_west_last_kana(a) ELSE w_asia_last_kana(a) END AS last_kana,
    CASE origin WHEN 'jp' THEN w_jp_first_a_kana(b) || w_jp_first_b_kana(b // 64) WHEN 'east' THEN w_east_first_kana(b)
      WHEN 'west' THEN w_west_first_kana(b) ELSE w_asia_first_kana(b) END AS first_kana
  FROM placed
)
SELECT
  tenant_ix, dirt, a, b, created_day, origin,
  CASE dirt WHEN 'blank_last' THEN '' WHEN 'nasty' THEN w_nasty(dirt_rank) ELSE last_part END AS last_name,
  CASE dirt WHEN 'blank_first' THEN '' WHEN 'trailing' THEN first_part || '　' ELSE first_part END AS first_name,
  CASE dirt
    WHEN 'name_literal' THEN 'NULL' WHEN 'name_dashes' THEN '--' WHEN 'name_lower' THEN 'null' WHEN 'name_empty' THEN ''
    WHEN 'name_null' THEN NULL WHEN 'nasty' THEN w_nasty(dirt_rank) WHEN 'blank_last' THEN first_part
    WHEN 'blank_first' THEN last_part WHEN 'trailing' THEN last_part || '　' || first_part || '　'
    ELSE last_part || CASE WHEN origin IN ('jp', 'east') THEN '　' ELSE ' ' END || first_part END AS full_name,
  last_kana, first_kana,
  CASE dirt WHEN 'myanmar' THEN 18 WHEN 'japan_space' THEN 1 WHEN 'american' THEN 6 WHEN 'indonesia' THEN 12
    WHEN 'taiwan' THEN 4 WHEN 'gender_word' THEN 15 ELSE plain_nationality_id END AS m_nationality_id,
  CASE dirt WHEN 'myanmar' THEN 'Myanmar' WHEN 'japan_space' THEN '日本　' WHEN 'american' THEN 'American' WHEN 'indonesia' THEN 'Indonesia'
    WHEN 'taiwan' THEN '台灣' WHEN 'gender_word' THEN '女性' WHEN 'company_word' THEN '株式会社' || w_company(a)
    ELSE plain_nationality END AS nationality,
  CASE WHEN a % 100 < 56 THEN 1 WHEN a % 100 < 97 THEN 2 WHEN a % 100 < 98 THEN 3 END AS gender_type,
  -- where nobody asked, the day of registration or the first of a form's calendar stands
  CASE rnd('no-birthday', tenant_ix, 400) WHEN 0 THEN created_day WHEN 1 THEN DATE '1901-01-01'
    ELSE created_day - (18 * 365 + 40 + skew('age', tenant_ix, 14000))::INTEGER END AS birth_date,
  CASE WHEN dirt = 'identity_junk' THEN ['NULL', '--', '在留', 'passport', '８', '3.0', ''][(1 + b % 7)::BIGINT]
    WHEN origin = 'jp' THEN (1 + b % 7)::VARCHAR WHEN b % 10 < 8 THEN '8' ELSE '3' END AS personal_identity,
  contract_type IN (2, 3) AS corporate,
  -- about half of the names were masked in the dumps of May and June 2025
  rnd('masked', tenant_ix, 100) < 46 AS masked
FROM named;

-- 719 inquiries of years ago; a few are claimed by two tenants, a few belong to nobody.
CREATE TABLE inquiries AS
WITH asked AS (
  SELECT var('inquiry_base') + i AS id, DATE '2018-10-06' + (1669 * (i - 1) // greatest(var('inquiries') - 1, 1))::INTEGER AS inquiry_date, rnd('inquiry', i, 4294967296) AS h
  FROM range(1, var('inquiries') + 1) t(i)
), registered AS (
  -- one a day, so that the join has no choice
  SELECT id, tenant_ix, created_day FROM tenants
  QUALIFY row_number() OVER (PARTITION BY created_day ORDER BY final_end NULLS FIRST, tenant_ix) = 1
)
SELECT a.*, t.tenant_ix, CASE WHEN a.h % 40 = 0 THEN 0 ELSE t.id END AS tenant_id
FROM asked a ASOF LEFT JOIN registered t ON t.created_day >= a.inquiry_date + 3;

CREATE TABLE tenant_inquiries AS
SELECT tenant_ix, max(id) AS inquiry_id FROM (
  SELECT tenant_ix, id FROM inquiries WHERE tenant_id > 0
  UNION ALL (SELECT tenant_ix + 1, id FROM inquiries WHERE tenant_id > 0 ORDER BY h, id LIMIT var('shared_inquiries'))
) GROUP BY tenant_ix;

-- Tenants whose current contract is one the contracts table does not have (yet): ids beyond its last.
CREATE TABLE dangling AS
WITH candidates AS (
  SELECT t.tenant_ix, t.kind = 'resident' AND t.moved_day >= var('end_day') AS living_here,
    row_number() OVER (PARTITION BY living_here ORDER BY rnd('dangling', t.tenant_ix, 1000000000), t.tenant_ix) AS n
  FROM tenants t WHERE t.kind = 'resident' AND (t.without_contract OR (t.moved_day >= var('end_day') AND t.created_day < var('end_day') - 30))
)
SELECT tenant_ix, row_number() OVER (ORDER BY tenant_ix) AS n FROM candidates
WHERE n <= CASE WHEN living_here THEN var('dangling_current') ELSE var('dangling') - var('dangling_current') END;
