/* The wards and cities of Tokyo and of its three neighbours: what an address is searched for where the source has no municipality. Towns and villages are left out. */
MODEL (
  name seeds.municipalities,
  kind SEED (
    path '../../seeds/municipalities.csv'
  ),
  columns (
    prefecture VARCHAR(64),
    municipality VARCHAR(128)
  ),
  column_descriptions (
    prefecture = 'prefecture, as an address begins',
    municipality = 'ward or city, as it stands behind the prefecture in an address. Together no two are the beginning of another'
  ),
  owner data_team,
  grain (prefecture, municipality),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (prefecture, municipality)),
    NOT_NULL(columns := (prefecture, municipality))
  )
)