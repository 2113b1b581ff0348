/* How many rooms the company has to let, for the company's occupancy rate: a stretch of days a row. */
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
    valid_from = 'first day (JST) on which the number holds, YYYY-MM-DD (as a text: SQLMesh reads a seed of dates with warnings)',
    valid_to = 'last day, empty while it holds',
    rooms = 'physical rooms: the denominator that the managers agreed on, not a count of rows'
  ),
  owner data_team,
  grain valid_from,
  audits (
    UNIQUE_VALUES(columns := (
      valid_from
    )),
    NOT_NULL(columns := (valid_from, rooms)),
    ONE_NUMBER_A_DAY()
  )
)