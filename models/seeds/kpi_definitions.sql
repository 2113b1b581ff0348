/* What the key figures of gold.kpi_month_end_metrics mean: one row per period of days. */
MODEL (
  name seeds.kpi_definitions,
  kind SEED (
    path '../../seeds/kpi_definitions.csv'
  ),
  columns (
    valid_from VARCHAR(10),
    valid_to VARCHAR(10),
    cash_realization_basis_points BIGINT,
    same_day_moveout_policy VARCHAR(64),
    kpi_definition_version VARCHAR(64)
  ),
  column_descriptions (
    valid_from = 'first day (JST) on which the row holds, YYYY-MM-DD (a text, for SQLMesh warns when it reads a seed of dates)',
    valid_to = 'last day (JST), empty while the row holds',
    cash_realization_basis_points = 'share of the rent that is paid, in hundredths of a percent, that the managers agreed on: a whole number, so that no engine rounds it',
    same_day_moveout_policy = 'which rooms count at 00:00: those with a move-out that day, and not those with a move-in that day',
    kpi_definition_version = 'version of these definitions'
  ),
  owner data_team,
  grain valid_from,
  audits (
    UNIQUE_VALUES(columns := (
      valid_from
    )),
    NOT_NULL(
      columns := (
        valid_from,
        cash_realization_basis_points,
        same_day_moveout_policy,
        kpi_definition_version
      )
    ),
    PERIODS_DO_NOT_OVERLAP()
  )
)