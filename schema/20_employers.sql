-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Employers: who is affiliated, and who works for whom.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS employer (
  affil         text NOT NULL,
  registered_at timestamptz NOT NULL,
  CHECK (affil ~ '^[0-9]{7}$')
);
COMMENT ON TABLE employer IS 'Every affiliation number ever issued, once';
COMMENT ON COLUMN employer.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN employer.registered_at IS
  'When the number was issued. Unit: moment. Category: employment.';

CREATE TABLE IF NOT EXISTS employer_state (
  affil             text NOT NULL,
  name              text NOT NULL,
  legal_form        text,
  ice               text,
  tax_no            text,
  trade_no          text,
  trade_court       text,
  business_tax_no   text,
  activity          text,
  affiliation_date  date,
  first_hiring_date date,
  address           text,
  city              text,
  phone             text,
  agency            text,
  status            text NOT NULL,
  valid_from        date,
  valid_to          date,
  sys_from          timestamptz NOT NULL,
  sys_to            timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (status IN ('A', 'S', 'F'))
);
COMMENT ON TABLE employer_state IS 'What is known of an employer, with its history';
COMMENT ON COLUMN employer_state.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN employer_state.name IS 'Name of the firm. Unit: text. Category: identity.';
COMMENT ON COLUMN employer_state.legal_form IS 'Legal form. Unit: code. Category: identity.';
COMMENT ON COLUMN employer_state.ice IS
  'Common identifier of enterprises. Unit: 15 digits. Category: identity.';
COMMENT ON COLUMN employer_state.tax_no IS
  'Tax number (IF). Unit: 7 or 8 digits. Category: identity.';
COMMENT ON COLUMN employer_state.trade_no IS
  'Number in the trade register. Unit: number within its court. Category: identity.';
COMMENT ON COLUMN employer_state.trade_court IS
  'Court that keeps that register. Unit: text. Category: identity.';
COMMENT ON COLUMN employer_state.business_tax_no IS
  'Number for the business tax. Unit: 8 digits. Category: identity.';
COMMENT ON COLUMN employer_state.activity IS
  'Branch of activity. Unit: text. Category: employment.';
COMMENT ON COLUMN employer_state.affiliation_date IS
  'When it joined the fund. Unit: date. Category: employment.';
COMMENT ON COLUMN employer_state.first_hiring_date IS
  'When it hired first. Unit: date. Category: employment.';
COMMENT ON COLUMN employer_state.address IS 'Street and number. Unit: text. Category: contact.';
COMMENT ON COLUMN employer_state.city IS 'Town. Unit: text. Category: location.';
COMMENT ON COLUMN employer_state.phone IS
  'Telephone. Unit: international form. Category: contact.';
COMMENT ON COLUMN employer_state.agency IS
  'Agency of the fund in charge. Unit: code of 2 digits. Category: employment.';
COMMENT ON COLUMN employer_state.status IS
  'State of the affiliation. Unit: A active, S suspended, F closed. Category: employment.';
COMMENT ON COLUMN employer_state.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN employer_state.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN employer_state.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN employer_state.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS employer_manager (
  affil       text NOT NULL,
  full_name   text NOT NULL,
  national_id text,
  role        text NOT NULL,
  valid_from  date,
  valid_to    date,
  sys_from    timestamptz NOT NULL,
  sys_to      timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE employer_manager IS 'Who answers for an employer, with its history';
COMMENT ON COLUMN employer_manager.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN employer_manager.full_name IS
  'Name of the manager. Unit: text. Category: identity.';
COMMENT ON COLUMN employer_manager.national_id IS
  'National identity card. Unit: 1 or 2 letters and up to 6 digits. Category: identity.';
COMMENT ON COLUMN employer_manager.role IS 'Function. Unit: text. Category: employment.';
COMMENT ON COLUMN employer_manager.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN employer_manager.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN employer_manager.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN employer_manager.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS employment (
  immat       text NOT NULL,
  affil       text NOT NULL,
  job_title   text,
  exit_reason text,
  valid_from  date,
  valid_to    date,
  sys_from    timestamptz NOT NULL,
  sys_to      timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE employment IS 'Who works for whom: valid from entry to exit';
COMMENT ON COLUMN employment.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN employment.affil IS
  'Affiliation number of the employer. Unit: 7 digits. Category: key.';
COMMENT ON COLUMN employment.job_title IS
  'What the person does there. Unit: text. Category: employment.';
COMMENT ON COLUMN employment.exit_reason IS 'Why it ended. Unit: code. Category: employment.';
COMMENT ON COLUMN employment.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN employment.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN employment.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN employment.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
