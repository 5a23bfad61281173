-- SPDX-License-Identifier: AGPL-3.0-or-later
-- No two rows say different things of one subject for one time, as known at one time: their
-- rectangles of valid and known time do not overlap. Events, months and managers may; they have
-- no such rule. Numbers are compared as numbers: three times as fast. Still some 20 microseconds a
-- row: may be left out where tables are large.

CREATE EXTENSION IF NOT EXISTS btree_gist;

SET search_path = fund, public;

ALTER TABLE identity ADD CONSTRAINT identity_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE contact ADD CONSTRAINT contact_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE account ADD CONSTRAINT account_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE employer_state ADD CONSTRAINT employer_state_no_overlap EXCLUDE USING gist (
  (affil::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE employment ADD CONSTRAINT employment_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =, affil WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE pension_right ADD CONSTRAINT pension_right_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE pension ADD CONSTRAINT pension_no_overlap EXCLUDE USING gist (
  pension_no WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE health_cover ADD CONSTRAINT health_cover_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE beneficiary ADD CONSTRAINT beneficiary_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =, rank WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE long_illness ADD CONSTRAINT long_illness_no_overlap EXCLUDE USING gist (
  (immat::bigint) WITH =, rank WITH =, illness WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE portal_account ADD CONSTRAINT portal_account_no_overlap EXCLUDE USING gist (
  login WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);
ALTER TABLE portal_mandate ADD CONSTRAINT portal_mandate_no_overlap EXCLUDE USING gist (
  login WITH =, affil WITH =,
  daterange(valid_from, valid_to) WITH &&, tstzrange(sys_from, sys_to) WITH &&);

-- A month of an employer is declared once at a time; a complementary line replaces the first.
CREATE UNIQUE INDEX declaration_current ON declaration (immat, period, affil)
  WHERE sys_to IS NULL;
