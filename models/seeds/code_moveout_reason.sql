/* Reasons for moving out (tenants.reason_moveout). */
MODEL (
  name seeds.code_moveout_reason,
  kind SEED (
    path '../../seeds/code_moveout_reason.csv'
  ),
  columns (
    code BIGINT,
    label_ja VARCHAR(64),
    label_en VARCHAR(64)
  ),
  column_descriptions (
    code = 'tenants.reason_moveout',
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