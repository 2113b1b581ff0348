/* The whole numbers from 0 to 999, to count days with: not every engine knows recursion or makes series of numbers. */
MODEL (
  name seeds.numbers,
  kind SEED (
    path '../../seeds/numbers.csv'
  ),
  columns (
    number BIGINT
  ),
  column_descriptions (
    number = 'a whole number from 0 to 999'
  ),
  owner data_team,
  grain number,
  audits (
    UNIQUE_VALUES(columns := (
      number
    )),
    NOT_NULL(columns := (
      number
    )),
    NUMBER_OF_ROWS(threshold := 999)
  )
)