/* Current tenants with their rooms. The only silver table that shows who lives where: names in full, contacts and account masked. */
MODEL (
  name silver.tokyo_beta_tenant_room_info,
  kind FULL,
  depends_on (
    staging.movings
  ),
  owner data_team,
  grain tenant_id,
  audits (
    UNIQUE_VALUES(columns := (
      tenant_id
    )),
    UNIQUE_VALUES(columns := (
      moving_id
    )),
    NOT_NULL(columns := (management_status, management_status_label, tenant_id, tenant_name, contract_category, moving_id)),
    RELATIONSHIP(column := management_status, parent := seeds.code_tenant_status, parent_column := code),
    RELATIONSHIP(column := contract_category, parent := seeds.code_contract_type, parent_column := category_ja),
    AT_LEAST(column := days_stayed, minimum := 0),
    NUMBER_OF_ROWS(threshold := 0),
    DANGLING_CURRENT_CONTRACT_WARNING(percent := 2)
  )
);

/* Kind: FULL, for the source is one small current state. */
WITH addresses AS (
  SELECT
    place,
    email,
    MIN(place) OVER (PARTITION BY email) AS number /* A number for each address, by the first tenant who has it: from it nobody can guess the address. */
  FROM (
    SELECT
      2 * id AS place,
      email_1 AS email
    FROM staging.tenants
    UNION ALL
    SELECT
      2 * id + 1,
      email_2
    FROM staging.tenants
  ) AS listed
  WHERE
    NOT email IS NULL /* MariaDB takes the square of the rows of a window with one value, and many tenants have no second address. */
)
SELECT
  t.tenant_status_code::BIGINT AS management_status, /* status 4 to 15 */
  s.ui_label_ja::VARCHAR(64) AS management_status_label, /* status as the property system shows it */
  t.tenant_id::BIGINT AS tenant_id, /* tenant */
  COALESCE(
    t.full_name,
    NULLIF(TRIM(BOTH ' ' FROM CONCAT(COALESCE(t.last_name, ''), ' ', COALESCE(t.first_name, ''))), ''),
    '（氏名なし）'
  )::VARCHAR(300) AS tenant_name, /* full name, else family and given name */
  p.apartment_name::VARCHAR(255) AS property, /* name of the property */
  r.room_number::VARCHAR(64) AS room_number, /* room number */
  COALESCE(c.category_ja, '一般2')::VARCHAR(64) AS contract_category, /* contract category in Japanese */
  CASE t.gender_code WHEN 1 THEN '男性' WHEN 2 THEN '女性' END::VARCHAR(8) AS gender, /* 男性 or 女性, NULL where the source has neither */
  CASE WHEN NOT t.age IS NULL THEN CONCAT(t.age::VARCHAR(8), '歳') END::VARCHAR(16) AS age_display, /* age with 歳 */
  t.nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  NULL::VARCHAR(64) AS nickname, /* not kept by the source */
  NULL::VARCHAR(64) AS language_1, /* empty: the report it replaces has the column and fills it with nothing */
  NULL::VARCHAR(64) AS language_2, /* empty, as language_1 */
  @masked(e.tel_1)::VARCHAR(64) AS tel_1, /* telephone, last four characters at most */
  @masked(e.tel_2)::VARCHAR(64) AS tel_2, /* second telephone, last four characters at most */
  @masked_email(f.email, f.number)::VARCHAR(300) AS email_1, /* e-mail: a number for the part before the @, the same for the same address */
  @masked_email(g.email, g.number)::VARCHAR(300) AS email_2, /* second e-mail, masked as email_1 */
  @masked(e.account_number)::VARCHAR(64) AS account_number, /* bank account, last four characters at most */
  m.monthly_rent::DECIMAL(12, 0) AS fixed_rent, /* rent in yen per month */
  m.contract_start_date::DATE AS move_in_date, /* contract start, may be in the future */
  m.moveout_date::DATE AS moveout_date, /* move-out date */
  m.moveout_plans_date::DATE AS moveout_plans_date, /* planned or actual move-out */
  CASE
    WHEN COALESCE(m.moveout_date, a.as_of_date) >= m.contract_start_date
    THEN @days_between(m.contract_start_date, COALESCE(m.moveout_date, a.as_of_date))
  END AS days_stayed, /* count of days from move-in to move-out, else to the as-of day; NULL before the move-in */
  m.moving_id::BIGINT AS moving_id, /* contract */
  a.as_of_date::DATE AS as_of_date /* business day that the row describes (JST) */
FROM silver.stg_tenants AS t
JOIN seeds.code_tenant_status AS s
  ON s.code = t.tenant_status_code AND s.is_population = 1
/* One contract a tenant, so the rows need no dedupe. A dangling moving_id leaves the tenant out: the warning audit counts them. */
JOIN silver.stg_movings AS m
  ON m.moving_id = t.moving_id
  AND m.tenant_id = t.tenant_id /* a dangling id is somebody else's contract one day */
  AND m.is_valid_contract = 1
  AND m.is_completed_moveout = 0
JOIN staging.tenants AS e
  ON e.id = t.tenant_id
LEFT JOIN addresses AS f
  ON f.place = 2 * t.tenant_id
LEFT JOIN addresses AS g
  ON g.place = 2 * t.tenant_id + 1
CROSS JOIN silver.as_of AS a
LEFT JOIN silver.stg_apartments AS p
  ON p.apartment_id = m.apartment_id
LEFT JOIN silver.stg_rooms AS r
  ON r.room_id = m.room_id
LEFT JOIN seeds.code_contract_type AS c
  ON c.code = m.contract_type_code