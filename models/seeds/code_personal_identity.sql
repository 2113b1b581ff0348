/* Identity documents and residence status (tenants.personal_identity). */
MODEL (
  name seeds.code_personal_identity,
  kind SEED (
    path '../../seeds/code_personal_identity.csv'
  ),
  columns (
    code BIGINT,
    label_ja VARCHAR(64),
    label_en VARCHAR(64)
  ),
  column_descriptions (
    code = 'tenants.personal_identity',
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