-- The accounts of SQLMesh's state and what each may do: in its database, as Postgres's administrator, once. Passwords are set apart from this
-- file: ALTER ROLE look PASSWORD '…'; they lie in Secrets Manager. The role sqlmesh is there already and owns the database.
CREATE SCHEMA IF NOT EXISTS sqlmesh AUTHORIZATION sqlmesh;

-- For the plan that is looked at before somebody approves it (deploy.yml): it reads the state and changes nothing.
CREATE ROLE look LOGIN;
GRANT USAGE ON SCHEMA sqlmesh TO look;
GRANT SELECT ON ALL TABLES IN SCHEMA sqlmesh TO look;
ALTER DEFAULT PRIVILEGES FOR ROLE sqlmesh IN SCHEMA sqlmesh GRANT SELECT ON TABLES TO look;
