/* The newest day whose files are computed: occupancy is a fact up to it, and a projection from the day after it on. */
MODEL (
  name silver.occupancy_newest_day,
  kind EMBEDDED,
  owner data_team,
  grain as_of_date
);

/* Kind: EMBEDDED, without a table or view: one row, NULL where there is no fact. Not the newest day that landed, for a plan ends a day earlier than the run behind it. */
SELECT
  MAX(snapshot_date)::DATE AS as_of_date /* newest day with files (JST) */
FROM silver.occupancy_facts
WHERE
  day_kind = 'fact'