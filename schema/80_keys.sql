-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Keys, references and indexes, apart from the tables so that a large load can come first: a key
-- made of rows that are there costs a fifth of one kept up row by row.

SET search_path = fund;

-- A row of a history is told by its key and by when it was true and known. An unknown beginning
-- counts as a value: two rows without one are the same row.
ALTER TABLE identity
  ADD CONSTRAINT identity_key
  UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from);
ALTER TABLE contact
  ADD CONSTRAINT contact_key
  UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from);
ALTER TABLE account
  ADD CONSTRAINT account_key
  UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from);
ALTER TABLE employer_state
  ADD CONSTRAINT employer_state_key
  UNIQUE NULLS NOT DISTINCT (affil, valid_from, sys_from);
ALTER TABLE employer_manager
  ADD CONSTRAINT employer_manager_key
  UNIQUE NULLS NOT DISTINCT (affil, full_name, valid_from, sys_from);
ALTER TABLE employment
  ADD CONSTRAINT employment_key
  UNIQUE NULLS NOT DISTINCT (immat, affil, valid_from, sys_from);
ALTER TABLE pension_right
  ADD CONSTRAINT pension_right_key
  UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from);
ALTER TABLE pension
  ADD CONSTRAINT pension_key
  UNIQUE NULLS NOT DISTINCT (pension_no, valid_from, sys_from);
ALTER TABLE health_cover
  ADD CONSTRAINT health_cover_key
  UNIQUE NULLS NOT DISTINCT (immat, valid_from, sys_from);
ALTER TABLE beneficiary
  ADD CONSTRAINT beneficiary_key
  UNIQUE NULLS NOT DISTINCT (immat, rank, valid_from, sys_from);
ALTER TABLE long_illness
  ADD CONSTRAINT long_illness_key
  UNIQUE NULLS NOT DISTINCT (immat, rank, illness, valid_from, sys_from);
ALTER TABLE portal_account
  ADD CONSTRAINT portal_account_key
  UNIQUE NULLS NOT DISTINCT (login, valid_from, sys_from);
ALTER TABLE portal_mandate
  ADD CONSTRAINT portal_mandate_key
  UNIQUE NULLS NOT DISTINCT (login, affil, valid_from, sys_from);

-- What has no valid time: numbers issued, events, and what is for one month.
ALTER TABLE person ADD PRIMARY KEY (immat);
ALTER TABLE employer ADD PRIMARY KEY (affil);
ALTER TABLE filing ADD PRIMARY KEY (filing_no);
ALTER TABLE declaration ADD PRIMARY KEY (immat, period, affil, sys_from);
ALTER TABLE pension_payment ADD PRIMARY KEY (pension_no, period, sys_from);
ALTER TABLE health_claim ADD PRIMARY KEY (claim_no, line, sys_from);
ALTER TABLE child ADD PRIMARY KEY (immat, rank, sys_from);
ALTER TABLE family_payment ADD PRIMARY KEY (immat, period, sys_from);
ALTER TABLE daily_allowance ADD PRIMARY KEY (immat, claim_no, sys_from);
ALTER TABLE job_loss ADD PRIMARY KEY (immat, lost_on, month_no, sys_from);
ALTER TABLE portal_session ADD PRIMARY KEY (login, began_at);

-- References to numbers issued. History does not permit more: a login or a pension stands in as
-- many rows as it had states. Those of civil status and of employers wait for the end of the
-- transaction: the numbers are collected from these tables when they are loaded.
ALTER TABLE identity ADD CONSTRAINT identity_person
  FOREIGN KEY (immat) REFERENCES person
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE contact ADD CONSTRAINT contact_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE account ADD CONSTRAINT account_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE employment ADD CONSTRAINT employment_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE declaration ADD CONSTRAINT declaration_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE pension_right ADD CONSTRAINT pension_right_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE pension ADD CONSTRAINT pension_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE health_cover ADD CONSTRAINT health_cover_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE beneficiary ADD CONSTRAINT beneficiary_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE long_illness ADD CONSTRAINT long_illness_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE health_claim ADD CONSTRAINT health_claim_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE child ADD CONSTRAINT child_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE family_payment ADD CONSTRAINT family_payment_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE daily_allowance ADD CONSTRAINT daily_allowance_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE job_loss ADD CONSTRAINT job_loss_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE portal_account ADD CONSTRAINT portal_account_person
  FOREIGN KEY (immat) REFERENCES person;
ALTER TABLE identity ADD CONSTRAINT identity_spouse
  FOREIGN KEY (spouse_immat) REFERENCES person
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE pension ADD CONSTRAINT pension_rights_from
  FOREIGN KEY (rights_from) REFERENCES person;
ALTER TABLE employer_state ADD CONSTRAINT employer_state_employer
  FOREIGN KEY (affil) REFERENCES employer
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE employer_manager ADD CONSTRAINT employer_manager_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE employment ADD CONSTRAINT employment_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE filing ADD CONSTRAINT filing_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE declaration ADD CONSTRAINT declaration_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE portal_account ADD CONSTRAINT portal_account_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE portal_mandate ADD CONSTRAINT portal_mandate_employer
  FOREIGN KEY (affil) REFERENCES employer;
ALTER TABLE declaration ADD CONSTRAINT declaration_filing
  FOREIGN KEY (filing_no) REFERENCES filing;

-- Ways in by what people and files name somebody with.
CREATE INDEX ON identity (national_id);
CREATE INDEX ON identity (family_name, birth_date);
CREATE INDEX ON contact (phone);
CREATE INDEX ON account (rib);
CREATE INDEX ON employer_state (ice);
CREATE INDEX ON employment (affil);
CREATE INDEX ON filing (affil, period);
CREATE INDEX ON declaration (affil, period);
CREATE INDEX ON pension (immat);
CREATE INDEX ON health_claim (immat);

-- What changed since a moment: rows come roughly in order of sys_from, and few are replaced.
CREATE INDEX ON identity USING brin (sys_from);
CREATE INDEX ON identity (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON contact USING brin (sys_from);
CREATE INDEX ON contact (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON account USING brin (sys_from);
CREATE INDEX ON account (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON employer_state USING brin (sys_from);
CREATE INDEX ON employer_state (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON employer_manager USING brin (sys_from);
CREATE INDEX ON employer_manager (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON employment USING brin (sys_from);
CREATE INDEX ON employment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON pension_right USING brin (sys_from);
CREATE INDEX ON pension_right (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON pension USING brin (sys_from);
CREATE INDEX ON pension (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON health_cover USING brin (sys_from);
CREATE INDEX ON health_cover (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON beneficiary USING brin (sys_from);
CREATE INDEX ON beneficiary (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON long_illness USING brin (sys_from);
CREATE INDEX ON long_illness (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON portal_account USING brin (sys_from);
CREATE INDEX ON portal_account (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON portal_mandate USING brin (sys_from);
CREATE INDEX ON portal_mandate (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON declaration USING brin (sys_from);
CREATE INDEX ON declaration (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON pension_payment USING brin (sys_from);
CREATE INDEX ON pension_payment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON health_claim USING brin (sys_from);
CREATE INDEX ON health_claim (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON child USING brin (sys_from);
CREATE INDEX ON child (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON family_payment USING brin (sys_from);
CREATE INDEX ON family_payment (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON daily_allowance USING brin (sys_from);
CREATE INDEX ON daily_allowance (sys_to) WHERE sys_to IS NOT NULL;
CREATE INDEX ON job_loss USING brin (sys_from);
CREATE INDEX ON job_loss (sys_to) WHERE sys_to IS NOT NULL;
