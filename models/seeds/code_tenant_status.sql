/* Tenant statuses 0 to 17: labels, the label that the UI shows, and the named sets of statuses that the models use (one name for each set). */
MODEL (
  name seeds.code_tenant_status,
  kind SEED (
    path '../../seeds/code_tenant_status.csv'
  ),
  columns (
    code BIGINT,
    label_ja VARCHAR(64),
    label_en VARCHAR(64),
    ui_label_ja VARCHAR(64),
    is_active_lease BIGINT,
    is_population BIGINT,
    is_occupied BIGINT,
    is_application BIGINT,
    is_moveout BIGINT,
    is_confirmed_movein BIGINT,
    room_priority BIGINT
  ),
  column_descriptions (
    code = 'tenants.status',
    label_ja = 'Japanese label',
    label_en = 'English label',
    ui_label_ja = 'label on the screens of the property system, for the current population',
    is_active_lease = '1: counts as an active lease',
    is_population = '1: belongs to the current population',
    is_occupied = '1: occupies a room',
    is_application = '1: an open application',
    is_moveout = '1: moving out or moved out',
    is_confirmed_movein = '1: confirms a move-in on the day of the move',
    room_priority = 'order of the statuses for the primary tenant of a room, 1 first'
  ),
  owner data_team,
  grain code,
  audits (
    UNIQUE_VALUES(columns := (
      code
    )),
    NOT_NULL(columns := (code, label_ja, label_en))
  )
)