-- Two roles for one database: hub_migrator owns the tables and runs the migrations; hub_app is what the server
-- runs as, owns nothing and is no superuser, so that row-level security holds for it.
-- Run once, as a superuser, in the new database and before the first migration:
--     createuser hub_migrator --pwprompt; createuser hub_app --pwprompt
--     createdb hub --owner hub_migrator --encoding UTF8 --template template0
--     psql -d hub -f postgresql-roles.sql
-- `hub db upgrade --app-role hub_app`, run as hub_migrator, then grants table by table what the server needs.
ALTER ROLE hub_app NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO hub_migrator;
GRANT USAGE ON SCHEMA public TO hub_app;
