/* Occupancy of the company by day: facts up to the newest day with files, then 90 days of projection. Days without files are gaps. */
MODEL (
  name gold.occupancy_daily_metrics,
  kind VIEW,
  owner data_team,
  grain snapshot_date,
  audits (
    UNIQUE_VALUES(columns := (
      snapshot_date
    )),
    NOT_NULL(columns := (snapshot_date, day_kind, as_of_date)),
    NOT_NULL(columns := (
      total_physical_rooms
    ), condition := day_kind <> 'gap'),
    ACCEPTED_VALUES(column := day_kind, is_in := ('fact', 'gap', 'projection')),
    OCCUPANCY_ADDS_UP(),
    WITHIN_ALL_ROOMS(occupied := period_end_rooms, total := total_physical_rooms)
  )
);

/* Kind: VIEW, for it is a union of two tables; rates are computed from whole numbers as they are read. */
WITH days AS (
  SELECT
    f.snapshot_date,
    f.day_kind,
    a.as_of_date,
    f.application_rooms,
    f.new_moveins,
    f.new_moveouts,
    f.occupancy_delta,
    f.period_start_rooms,
    f.period_end_rooms,
    f.unexplained_rooms
  FROM silver.occupancy_facts AS f
  CROSS JOIN silver.occupancy_newest_day AS a
  WHERE
    f.snapshot_date <= a.as_of_date /* Later days are projected, whether their files are missing or still to come. */
  UNION ALL
  SELECT
    snapshot_date,
    'projection' AS day_kind,
    as_of_date,
    NULL AS application_rooms,
    new_moveins,
    new_moveouts,
    occupancy_delta,
    period_start_rooms,
    period_end_rooms,
    NULL AS unexplained_rooms
  FROM silver.occupancy_projection
)
SELECT
  d.snapshot_date::DATE AS snapshot_date, /* day (JST) */
  d.day_kind::VARCHAR(16) AS day_kind, /* fact, gap (no files of this day: all counts are NULL) or projection */
  d.as_of_date::DATE AS as_of_date, /* newest day with files: facts up to it, projection after it */
  d.application_rooms::BIGINT AS application_rooms, /* count of rooms for which a tenant entered status 4 or 5 that day. NULL on the day after a gap and in the projection */
  d.new_moveins::BIGINT AS new_moveins, /* count of rooms whose tenant's first move-in is that day, no renewals; in the projection only rooms that are empty until then */
  d.new_moveouts::BIGINT AS new_moveouts, /* count of rooms whose tenant moves out that day; in the projection only rooms that are empty then */
  d.occupancy_delta::BIGINT AS occupancy_delta, /* move-ins less move-outs, in rooms */
  d.period_start_rooms::BIGINT AS period_start_rooms, /* count of occupied rooms at 00:00. NULL on the day after a gap */
  d.period_end_rooms::BIGINT AS period_end_rooms, /* count of occupied rooms at the end of the day */
  d.unexplained_rooms::BIGINT AS unexplained_rooms, /* rooms at the start of the day less rooms at the end of the day before: changes that no dated move explains */
  COALESCE(p.rooms, t.rooms_to_let)::BIGINT AS total_physical_rooms, /* count of rooms to let: the agreed number of seeds.physical_rooms, else that of the day's files, in the projection that of the newest ones. NULL on a gap */
  (
    d.period_end_rooms::DECIMAL(18, 6) / COALESCE(p.rooms, t.rooms_to_let)
  )::DECIMAL(10, 6) AS occupancy_rate /* occupied rooms at the end of the day by rooms to let, a share from 0 to 1 */
FROM days AS d
LEFT JOIN silver.room_totals_daily AS t
  ON t.snapshot_date = CASE WHEN d.day_kind = 'projection' THEN d.as_of_date ELSE d.snapshot_date END
LEFT JOIN seeds.physical_rooms AS p
  ON d.snapshot_date BETWEEN p.valid_from::DATE AND COALESCE(NULLIF(p.valid_to, '')::DATE, d.snapshot_date)