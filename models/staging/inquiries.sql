/* Inquiries before a contract; the source stopped writing them in 2023. */
MODEL (
  name staging.inquiries,
  kind VIEW,
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (UNIQUE_VALUES(columns := (
      id
  )), NOT_NULL(columns := (id, created_at)))
);

SELECT
  id, /* inquiry id */
  tenant_id, /* tenant that the inquirer became */
  @clean_date(inquiry_date) AS inquiry_date, /* day as entered by hand; the models use created_at */
  @clean_timestamp(created_at) AS created_at, /* time of the inquiry, JST without time zone */
  @clean_timestamp(updated_at) AS updated_at /* when the row was last changed, JST without time zone */
FROM landing.inquiries