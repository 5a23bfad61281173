-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What Tahqiq may do: read the tables of the fund, and nothing else. The role cannot log in until
-- the administrator gives it a way to prove itself (schema/README.md). Run as a role that may
-- create roles; running it again does no harm.

DO $$
BEGIN
  CREATE ROLE tahqiq NOLOGIN;
EXCEPTION WHEN duplicate_object THEN
  NULL; -- roles belong to the server, not to the database: another one of it has made it
END
$$;

-- Whether it may log in stays as the administrator has set it.
ALTER ROLE tahqiq
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
  CONNECTION LIMIT 8;
COMMENT ON ROLE tahqiq IS 'Reads the register for breach inquiries; may not write';

-- These hold from the moment the role logs in; what it may write is nothing in any case.
ALTER ROLE tahqiq SET default_transaction_read_only = on;
ALTER ROLE tahqiq SET statement_timeout = '2h';
ALTER ROLE tahqiq SET lock_timeout = '10s';
ALTER ROLE tahqiq SET idle_in_transaction_session_timeout = '30min';
ALTER ROLE tahqiq SET search_path = fund;

REVOKE ALL ON SCHEMA fund FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA fund FROM PUBLIC, tahqiq;
GRANT USAGE ON SCHEMA fund TO tahqiq;
GRANT SELECT ON ALL TABLES IN SCHEMA fund TO tahqiq;
ALTER DEFAULT PRIVILEGES IN SCHEMA fund GRANT SELECT ON TABLES TO tahqiq;

-- Nor may it make anything: before PostgreSQL 15, and in databases that come from there, everybody
-- may in the schema public.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO tahqiq', current_database());
END
$$;
