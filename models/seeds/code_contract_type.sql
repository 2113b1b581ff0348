/* Contract types 0 to 9 (movings.moving_agreement_type) and the kind of tenant each implies. */
MODEL (
  name seeds.code_contract_type,
  kind SEED (
    path '../../seeds/code_contract_type.csv'
  ),
  columns (
    code BIGINT,
    label_ja VARCHAR(64),
    label_en VARCHAR(64),
    tenant_type VARCHAR(16),
    category_ja VARCHAR(64)
  ),
  column_descriptions (
    code = 'movings.moving_agreement_type',
    label_ja = 'Japanese label',
    label_en = 'English label',
    tenant_type = 'individual, corporate or unknown',
    category_ja = 'contract category in the current-tenant list'
  ),
  owner data_team,
  grain code,
  audits (
    UNIQUE_VALUES(columns := (
      code
    )),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    NOT_NULL(columns := (code, label_ja, label_en))
  )
)