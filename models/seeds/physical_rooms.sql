/* An agreed number of rooms to let, by which the company's occupancy rate divides: one row per period of days. Without a row for a day the rate
divides by the rooms in the files of that day. */
MODEL (
  name seeds.physical_rooms,
  kind SEED (
    path '../../seeds/physical_rooms.csv'
  ),
  columns (
    valid_from VARCHAR(10),
    valid_to VARCHAR(10),
    rooms BIGINT
  ),
  column_descriptions (
    valid_from = 'first day (JST) on which the count holds, YYYY-MM-DD (a text, for SQLMesh warns when it reads a seed of dates)',
    valid_to = 'last day (JST), empty while the count holds',
    rooms = 'count of physical rooms that the managers agreed on, not a count of rows'
  ),
  owner data_team,
  grain valid_from,
  audits (
    UNIQUE_VALUES(columns := (
      valid_from
    )),
    NOT_NULL(columns := (valid_from, rooms)),
    PERIODS_DO_NOT_OVERLAP()
  )
)