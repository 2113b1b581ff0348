/* Persons and companies that rent or rented, as the property system holds them today. */
MODEL (
  name staging.tenants,
  kind VIEW,
  depends_on (
    seeds.code_tenant_status
  ),
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_VALUES(columns := (
      id
    )),
    NOT_NULL(columns := (id, status)),
    RELATIONSHIP(column := status, parent := seeds.code_tenant_status, parent_column := code),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

SELECT
  id, /* tenant id */
  @clean_text(last_name, 128) AS last_name, /* family name */
  @clean_text(first_name, 128) AS first_name, /* given name */
  @clean_text(full_name, 191) AS full_name, /* full name */
  @clean_text(full_name_kana, 191) AS full_name_kana, /* full name in kana */
  gender_type::BIGINT AS gender_type, /* 1 male, 2 female, 3 other */
  @clean_date(birth_date) AS birth_date, /* day of birth */
  age::BIGINT AS age, /* age in years, as the source stored it once */
  m_nationality_id, /* nationality master id; 0, -1 and NULL are unknown */
  @clean_text(nationality, 255) AS nationality, /* nationality as free text */
  @clean_text(personal_identity, 64) AS personal_identity, /* identity document code, as text */
  @clean_text(affiliation, 255) AS affiliation, /* occupation or employer, free text */
  affiliation_type::BIGINT AS affiliation_type, /* industry code 1 to 18 */
  status::BIGINT AS status, /* status 0 to 17, seeds.code_tenant_status */
  contract_type::BIGINT AS contract_type, /* contract type; consolidated at the source in 2025, not for analysis */
  media_id::BIGINT AS media_id, /* channel the contract came through */
  reason_moveout::BIGINT AS reason_moveout, /* reason for moving out 0 to 7 */
  moving_id, /* current contract, may dangle */
  inquiry_id, /* inquiry the tenant came from */
  @clean_text(email_1, 255) AS email_1, /* e-mail address */
  @clean_text(email_2, 255) AS email_2, /* second e-mail address */
  @clean_text(tel_1, 64) AS tel_1, /* telephone number */
  @clean_text(tel_2, 64) AS tel_2, /* second telephone number */
  @clean_text(account_number, 64) AS account_number, /* bank account number */
  @clean_timestamp(created_at) AS created_at, /* when the row was made, JST without time zone */
  @clean_timestamp(updated_at) AS updated_at /* when the row was last changed, JST without time zone */
FROM landing.tenants