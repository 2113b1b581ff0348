/* The managers' key figures of each fact day: occupied rooms at 00:00 and at the end, rent, RevPAR and RecPAR. The rows with is_month_end = 1 are the months'. */
MODEL (
  name gold.kpi_month_end_metrics,
  kind VIEW,
  owner data_team,
  grain as_of_date,
  audits (
    UNIQUE_VALUES(columns := (
      as_of_date
    )),
    NOT_NULL(
      columns := (
        as_of_date,
        is_month_end,
        total_physical_rooms,
        occupancy_room_count_eod,
        occupancy_rate,
        cash_realization_rate,
        same_day_moveout_policy,
        kpi_definition_version
      )
    ),
    ACCEPTED_RANGE(column := occupancy_rate, min_v := 0, max_v := 1),
    KPI_ADDS_UP()
  )
);

/* Kind: VIEW, for it joins two small tables, and rates are computed as they are read. */
WITH days AS (
  SELECT
    d.snapshot_date,
    d.total_physical_rooms,
    d.period_start_rooms,
    d.period_end_rooms,
    d.new_moveins,
    d.new_moveouts,
    d.occupancy_rate,
    @ratio(r.rent_total, r.rooms_with_rent, 0) AS rent,
    (
      k.cash_realization_basis_points::DECIMAL(10, 4) / 10000
    )::DECIMAL(6, 4) AS cash_rate,
    k.same_day_moveout_policy,
    k.kpi_definition_version
  FROM gold.occupancy_daily_metrics AS d
  LEFT JOIN silver.room_totals_daily AS r
    ON r.snapshot_date = d.snapshot_date
  LEFT JOIN seeds.kpi_definitions AS k
    ON d.snapshot_date BETWEEN k.valid_from::DATE AND COALESCE(NULLIF(k.valid_to, '')::DATE, d.snapshot_date)
  WHERE
    d.day_kind = 'fact'
)
SELECT
  snapshot_date::DATE AS as_of_date, /* business day (JST) */
  CASE WHEN EXTRACT(DAY FROM @add_days(snapshot_date, 1)) = 1 THEN 1 ELSE 0 END::BIGINT AS is_month_end, /* 1: the last day of its month */
  total_physical_rooms::BIGINT AS total_physical_rooms, /* count of rooms to let */
  period_start_rooms::BIGINT AS occupancy_room_count_0000, /* count of occupied rooms at 00:00. NULL on the day after a gap */
  period_end_rooms::BIGINT AS occupancy_room_count_eod, /* count of occupied rooms at the end of the day */
  new_moveins::BIGINT AS same_day_moveins, /* count of rooms moved into that day */
  new_moveouts::BIGINT AS same_day_moveouts, /* count of rooms moved out of that day. NULL on the first day with files */
  rent::DECIMAL(12, 0) AS rent_jpy, /* mean rent in yen per month of the rooms occupied at 00:00, as of that day, of those with a rent; NULL where there is none */
  occupancy_rate::DECIMAL(10, 6) AS occupancy_rate, /* occupied rooms at the end of the day by rooms to let, a share from 0 to 1 */
  ROUND(rent * occupancy_rate, 0)::DECIMAL(12, 0) AS revpar_jpy, /* rent per room to let in yen per month: rent by occupancy */
  ROUND(rent * occupancy_rate * cash_rate, 0)::DECIMAL(12, 0) AS recpar_cash_jpy, /* cash received per room to let in yen per month: that by the share that is paid */
  cash_rate::DECIMAL(6, 4) AS cash_realization_rate, /* share of the rent that is paid, from 0 to 1: agreed, in seeds.kpi_definitions */
  same_day_moveout_policy::VARCHAR(64) AS same_day_moveout_policy, /* which rooms count at 00:00 */
  kpi_definition_version::VARCHAR(64) AS kpi_definition_version /* version of these definitions */
FROM days