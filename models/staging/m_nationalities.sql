/* The source's list of nationalities; id 200 (レソト) is the placeholder of a bulk import. */
MODEL (
  name staging.m_nationalities,
  kind VIEW,
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_VALUES(columns := (
      id
    )),
    NOT_NULL(columns := (id, nationality_name)),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

SELECT
  id, /* nationality id */
  @clean_text(nationality_name, 128) AS nationality_name, /* name in Japanese */
  nationality_group_id /* group of nationalities */
FROM landing.m_nationalities