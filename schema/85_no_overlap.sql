-- SPDX-License-Identifier: AGPL-3.0-or-later
-- No two rows say different things of one subject for one time, as known at one time: their
-- rectangles of valid and known time do not overlap. Events, months and managers may; they have
-- no such rule. Numbers are compared as numbers: three times as fast. Still some 20 microseconds a
-- row: may be left out where tables are large.

CREATE EXTENSION IF NOT EXISTS btree_gist;

SET search_path = fund, public;

DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
    ('identity', 'identity_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('contact', 'contact_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('account', 'account_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('employer_state', 'employer_state_no_overlap',
      'EXCLUDE USING gist ((affil::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('employment', 'employment_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =, affil WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('pension_right', 'pension_right_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('pension', 'pension_no_overlap',
      'EXCLUDE USING gist (pension_no WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('health_cover', 'health_cover_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('beneficiary', 'beneficiary_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =, rank WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('long_illness', 'long_illness_no_overlap',
      'EXCLUDE USING gist ((immat::bigint) WITH =, rank WITH =, illness WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('portal_account', 'portal_account_no_overlap',
      'EXCLUDE USING gist (login WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)'),
    ('portal_mandate', 'portal_mandate_no_overlap',
      'EXCLUDE USING gist (login WITH =, affil WITH =,
        daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&)')
  ) AS w(relation, name, definition)
  WHERE NOT EXISTS (SELECT FROM pg_constraint c
    WHERE c.conrelid = to_regclass('fund.' || w.relation) AND c.conname = w.name)
  LOOP
    EXECUTE format('ALTER TABLE fund.%I ADD CONSTRAINT %I %s',
      wanted.relation, wanted.name, wanted.definition);
  END LOOP;
END
$$;

-- A month of an employer is declared once at a time; a complementary line replaces the first.
CREATE UNIQUE INDEX IF NOT EXISTS declaration_current ON declaration (immat, period, affil)
  WHERE sys_to IS NULL;
