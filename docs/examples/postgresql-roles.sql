-- Two roles for one database: hub_migrator owns the tables and runs `hub db upgrade`; hub_app is what the
-- server runs as, owns nothing and is no superuser, so that row-level security holds for it.
-- Run once, as a superuser, in the new database and before the first `hub db upgrade`:
--     createuser hub_migrator --pwprompt; createuser hub_app --pwprompt
--     createdb hub --owner hub_migrator --encoding UTF8 --template template0
--     psql -d hub -f postgresql-roles.sql
ALTER ROLE hub_app NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO hub_migrator;
GRANT USAGE ON SCHEMA public TO hub_app;
ALTER DEFAULT PRIVILEGES FOR ROLE hub_migrator IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hub_app;
ALTER DEFAULT PRIVILEGES FOR ROLE hub_migrator IN SCHEMA public GRANT USAGE ON SEQUENCES TO hub_app;
