/* Industries (tenants.affiliation_type). */
MODEL (
  name seeds.code_affiliation_type,
  kind SEED (
    path '../../seeds/code_affiliation_type.csv'
  ),
  columns (
    code BIGINT,
    label_ja VARCHAR(64),
    label_en VARCHAR(64)
  ),
  column_descriptions (
    code = 'tenants.affiliation_type',
    label_ja = 'Japanese label',
    label_en = 'English label'
  ),
  owner data_team,
  grain code,
  audits (
    UNIQUE_VALUES(columns := (
      code
    )),
    NOT_NULL(columns := (code, label_ja, label_en))
  )
)