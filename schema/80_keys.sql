-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Keys, references and indexes, apart from the tables so that a large load can come first: a key
-- made of rows that are there costs a fifth of one kept up row by row.

SET search_path = fund;

-- A row of a history is told by its key and by when it was true and known. An unknown beginning
-- counts as a value: two rows without one are the same row. What has no valid time (numbers issued,
-- events, and what is for one month) has a primary key. What is there already stays: the file may
-- be run again.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
    ('identity', 'identity_key',
      'UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from)'),
    ('contact', 'contact_key',
      'UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from)'),
    ('account', 'account_key',
      'UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from)'),
    ('employer_state', 'employer_state_key',
      'UNIQUE NULLS NOT DISTINCT (affil, valid_from, sys_from)'),
    ('employer_manager', 'employer_manager_key',
      'UNIQUE NULLS NOT DISTINCT (affil, full_name, valid_from, sys_from)'),
    ('employment', 'employment_key',
      'UNIQUE NULLS NOT DISTINCT (immat, affil, valid_from, sys_from)'),
    ('pension_right', 'pension_right_key',
      'UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from)'),
    ('pension', 'pension_key',
      'UNIQUE NULLS NOT DISTINCT (pension_no, valid_from, sys_from)'),
    ('health_cover', 'health_cover_key',
      'UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from)'),
    ('beneficiary', 'beneficiary_key',
      'UNIQUE NULLS NOT DISTINCT (immat, rank, valid_from, sys_from)'),
    ('long_illness', 'long_illness_key',
      'UNIQUE NULLS NOT DISTINCT (immat, rank, illness, valid_from, sys_from)'),
    ('portal_account', 'portal_account_key',
      'UNIQUE NULLS NOT DISTINCT (login, valid_from, sys_from)'),
    ('portal_mandate', 'portal_mandate_key',
      'UNIQUE NULLS NOT DISTINCT (login, affil, valid_from, sys_from)'),
    ('person', 'person_pkey',
      'PRIMARY KEY (immat)'),
    ('employer', 'employer_pkey',
      'PRIMARY KEY (affil)'),
    ('filing', 'filing_pkey',
      'PRIMARY KEY (filing_no)'),
    ('declaration', 'declaration_pkey',
      'PRIMARY KEY (immat, period, affil, sys_from)'),
    ('pension_payment', 'pension_payment_pkey',
      'PRIMARY KEY (pension_no, period, sys_from)'),
    ('health_claim', 'health_claim_pkey',
      'PRIMARY KEY (claim_no, line, sys_from)'),
    ('child', 'child_pkey',
      'PRIMARY KEY (immat, rank, sys_from)'),
    ('family_payment', 'family_payment_pkey',
      'PRIMARY KEY (immat, period, sys_from)'),
    ('daily_allowance', 'daily_allowance_pkey',
      'PRIMARY KEY (immat, claim_no, sys_from)'),
    ('job_loss', 'job_loss_pkey',
      'PRIMARY KEY (immat, lost_on, month_no, sys_from)'),
    ('portal_session', 'portal_session_pkey',
      'PRIMARY KEY (login, began_at)')
  ) AS w(relation, name, definition)
  WHERE NOT EXISTS (SELECT FROM pg_constraint c
    WHERE c.conrelid = to_regclass('fund.' || w.relation) AND c.conname = w.name)
  LOOP
    EXECUTE format('ALTER TABLE fund.%I ADD CONSTRAINT %I %s',
      wanted.relation, wanted.name, wanted.definition);
  END LOOP;
END
$$;

-- References to numbers issued. History does not permit more: a login or a pension stands in as
-- many rows as it had states. Those of civil status and of employers wait for the end of the
-- transaction: the numbers are collected from these tables when they are loaded.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
    ('identity', 'identity_person',
      'FOREIGN KEY (immat) REFERENCES person DEFERRABLE INITIALLY IMMEDIATE'),
    ('contact', 'contact_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('account', 'account_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('employment', 'employment_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('declaration', 'declaration_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('pension_right', 'pension_right_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('pension', 'pension_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('health_cover', 'health_cover_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('beneficiary', 'beneficiary_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('long_illness', 'long_illness_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('health_claim', 'health_claim_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('child', 'child_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('family_payment', 'family_payment_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('daily_allowance', 'daily_allowance_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('job_loss', 'job_loss_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('portal_account', 'portal_account_person',
      'FOREIGN KEY (immat) REFERENCES person'),
    ('identity', 'identity_spouse',
      'FOREIGN KEY (spouse_immat) REFERENCES person DEFERRABLE INITIALLY IMMEDIATE'),
    ('pension', 'pension_rights_from',
      'FOREIGN KEY (rights_from) REFERENCES person'),
    ('employer_state', 'employer_state_employer',
      'FOREIGN KEY (affil) REFERENCES employer DEFERRABLE INITIALLY IMMEDIATE'),
    ('employer_manager', 'employer_manager_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('employment', 'employment_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('filing', 'filing_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('declaration', 'declaration_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('portal_account', 'portal_account_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('portal_mandate', 'portal_mandate_employer',
      'FOREIGN KEY (affil) REFERENCES employer'),
    ('declaration', 'declaration_filing',
      'FOREIGN KEY (filing_no) REFERENCES filing')
  ) AS w(relation, name, definition)
  WHERE NOT EXISTS (SELECT FROM pg_constraint c
    WHERE c.conrelid = to_regclass('fund.' || w.relation) AND c.conname = w.name)
  LOOP
    EXECUTE format('ALTER TABLE fund.%I ADD CONSTRAINT %I %s',
      wanted.relation, wanted.name, wanted.definition);
  END LOOP;
END
$$;

-- Ways in by what people and files name somebody with, and by what refers to a number.
CREATE INDEX IF NOT EXISTS identity_national_id_idx
  ON identity (national_id);
CREATE INDEX IF NOT EXISTS identity_family_name_birth_date_idx
  ON identity (family_name, birth_date);
CREATE INDEX IF NOT EXISTS contact_phone_idx
  ON contact (phone);
CREATE INDEX IF NOT EXISTS account_rib_idx
  ON account (rib);
CREATE INDEX IF NOT EXISTS employer_state_ice_idx
  ON employer_state (ice);
CREATE INDEX IF NOT EXISTS employment_affil_idx
  ON employment (affil);
CREATE INDEX IF NOT EXISTS filing_affil_period_idx
  ON filing (affil, period);
CREATE INDEX IF NOT EXISTS declaration_affil_period_idx
  ON declaration (affil, period);
CREATE INDEX IF NOT EXISTS pension_immat_idx
  ON pension (immat);
CREATE INDEX IF NOT EXISTS health_claim_immat_idx
  ON health_claim (immat);
CREATE INDEX IF NOT EXISTS identity_spouse_immat_idx
  ON identity (spouse_immat) WHERE spouse_immat IS NOT NULL;
CREATE INDEX IF NOT EXISTS pension_rights_from_idx
  ON pension (rights_from) WHERE rights_from IS NOT NULL;
CREATE INDEX IF NOT EXISTS portal_account_immat_idx
  ON portal_account (immat) WHERE immat IS NOT NULL;
CREATE INDEX IF NOT EXISTS portal_account_affil_idx
  ON portal_account (affil) WHERE affil IS NOT NULL;
CREATE INDEX IF NOT EXISTS portal_mandate_affil_idx
  ON portal_mandate (affil);
CREATE INDEX IF NOT EXISTS employer_manager_national_id_idx
  ON employer_manager (national_id) WHERE national_id IS NOT NULL;

-- What changed since a moment: rows come roughly in order of sys_from, and few are replaced.
CREATE INDEX IF NOT EXISTS identity_sys_from_idx
  ON identity USING brin (sys_from);
CREATE INDEX IF NOT EXISTS identity_sys_to_idx
  ON identity (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS contact_sys_from_idx
  ON contact USING brin (sys_from);
CREATE INDEX IF NOT EXISTS contact_sys_to_idx
  ON contact (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS account_sys_from_idx
  ON account USING brin (sys_from);
CREATE INDEX IF NOT EXISTS account_sys_to_idx
  ON account (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS employer_state_sys_from_idx
  ON employer_state USING brin (sys_from);
CREATE INDEX IF NOT EXISTS employer_state_sys_to_idx
  ON employer_state (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS employer_manager_sys_from_idx
  ON employer_manager USING brin (sys_from);
CREATE INDEX IF NOT EXISTS employer_manager_sys_to_idx
  ON employer_manager (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS employment_sys_from_idx
  ON employment USING brin (sys_from);
CREATE INDEX IF NOT EXISTS employment_sys_to_idx
  ON employment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS pension_right_sys_from_idx
  ON pension_right USING brin (sys_from);
CREATE INDEX IF NOT EXISTS pension_right_sys_to_idx
  ON pension_right (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS pension_sys_from_idx
  ON pension USING brin (sys_from);
CREATE INDEX IF NOT EXISTS pension_sys_to_idx
  ON pension (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS health_cover_sys_from_idx
  ON health_cover USING brin (sys_from);
CREATE INDEX IF NOT EXISTS health_cover_sys_to_idx
  ON health_cover (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS beneficiary_sys_from_idx
  ON beneficiary USING brin (sys_from);
CREATE INDEX IF NOT EXISTS beneficiary_sys_to_idx
  ON beneficiary (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS long_illness_sys_from_idx
  ON long_illness USING brin (sys_from);
CREATE INDEX IF NOT EXISTS long_illness_sys_to_idx
  ON long_illness (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS portal_account_sys_from_idx
  ON portal_account USING brin (sys_from);
CREATE INDEX IF NOT EXISTS portal_account_sys_to_idx
  ON portal_account (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS portal_mandate_sys_from_idx
  ON portal_mandate USING brin (sys_from);
CREATE INDEX IF NOT EXISTS portal_mandate_sys_to_idx
  ON portal_mandate (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS declaration_sys_from_idx
  ON declaration USING brin (sys_from);
CREATE INDEX IF NOT EXISTS declaration_sys_to_idx
  ON declaration (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS pension_payment_sys_from_idx
  ON pension_payment USING brin (sys_from);
CREATE INDEX IF NOT EXISTS pension_payment_sys_to_idx
  ON pension_payment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS health_claim_sys_from_idx
  ON health_claim USING brin (sys_from);
CREATE INDEX IF NOT EXISTS health_claim_sys_to_idx
  ON health_claim (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS child_sys_from_idx
  ON child USING brin (sys_from);
CREATE INDEX IF NOT EXISTS child_sys_to_idx
  ON child (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS family_payment_sys_from_idx
  ON family_payment USING brin (sys_from);
CREATE INDEX IF NOT EXISTS family_payment_sys_to_idx
  ON family_payment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS daily_allowance_sys_from_idx
  ON daily_allowance USING brin (sys_from);
CREATE INDEX IF NOT EXISTS daily_allowance_sys_to_idx
  ON daily_allowance (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS job_loss_sys_from_idx
  ON job_loss USING brin (sys_from);
CREATE INDEX IF NOT EXISTS job_loss_sys_to_idx
  ON job_loss (sys_to) WHERE sys_to IS NOT NULL;
