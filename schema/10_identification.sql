-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Identification: who is insured, how to reach them, where they are paid. A number is issued
-- once and for ever (person); all that may change or be corrected stands in histories of its
-- own.

CREATE SCHEMA IF NOT EXISTS fund;
COMMENT ON SCHEMA fund IS 'A social-security fund: who is insured, declared and paid';

SET search_path = fund;

CREATE TABLE IF NOT EXISTS person (
  immat         text NOT NULL,
  registered_at timestamptz NOT NULL,
  CHECK (immat ~ '^[0-9]{9}$')
);
COMMENT ON TABLE person IS 'Every registration number ever issued, once';
COMMENT ON COLUMN person.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN person.registered_at IS
  'When the number was issued. Unit: moment. Category: social.';

CREATE TABLE IF NOT EXISTS identity (
  immat          text NOT NULL,
  national_id    text,
  passport_no    text,
  residence_no   text,
  family_name    text NOT NULL,
  given_name     text NOT NULL,
  family_name_ar text,
  given_name_ar  text,
  sex            text,
  birth_date     date NOT NULL,
  birth_place    text,
  nationality    text,
  marital_status text,
  spouse_immat   text,
  death_date     date,
  valid_from     date,
  valid_to       date,
  sys_from       timestamptz NOT NULL,
  sys_to         timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (sex IN ('M', 'F')),
  CHECK (marital_status IN ('C', 'M', 'D', 'V')),
  CHECK (nationality ~ '^[A-Z]{2}$'),
  CHECK (birth_date BETWEEN '1850-01-01' AND '2200-01-01'),
  CHECK (death_date >= birth_date),
  CHECK (spouse_immat <> immat)
);
COMMENT ON TABLE identity IS 'Civil status of a person, with its history';
COMMENT ON COLUMN identity.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN identity.national_id IS
  'National identity card. Unit: 1 or 2 letters and up to 6 digits. Category: identity.';
COMMENT ON COLUMN identity.passport_no IS
  'Passport. Unit: 2 letters and 7 digits. Category: identity.';
COMMENT ON COLUMN identity.residence_no IS
  'Residence card of a foreigner. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.family_name IS
  'Family name in Latin letters. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.given_name IS
  'Given names in Latin letters. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.family_name_ar IS
  'Family name in Arabic letters. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.given_name_ar IS
  'Given names in Arabic letters. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.sex IS 'Sex. Unit: M or F. Category: identity.';
COMMENT ON COLUMN identity.birth_date IS
  'Date of birth; 1 January where only the year is known. Unit: date. Category: identity.';
COMMENT ON COLUMN identity.birth_place IS 'Town of birth. Unit: text. Category: identity.';
COMMENT ON COLUMN identity.nationality IS
  'Nationality. Unit: country code of 2 letters. Category: identity.';
COMMENT ON COLUMN identity.marital_status IS
  'Marital status. Unit: C single, M married, D divorced, V widowed. Category: family.';
COMMENT ON COLUMN identity.spouse_immat IS
  'The spouse, if insured as well. Unit: registration number. Category: family.';
COMMENT ON COLUMN identity.death_date IS 'Date of death. Unit: date. Category: identity.';
COMMENT ON COLUMN identity.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN identity.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN identity.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN identity.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS contact (
  immat       text NOT NULL,
  phone       text,
  email       text,
  address     text,
  postal_code text,
  city        text,
  agency      text,
  valid_from  date,
  valid_to    date,
  sys_from    timestamptz NOT NULL,
  sys_to      timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE contact IS 'Where a person lives and how to reach them, with its history';
COMMENT ON COLUMN contact.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN contact.phone IS 'Telephone. Unit: international form. Category: contact.';
COMMENT ON COLUMN contact.email IS 'E-mail address. Unit: text. Category: contact.';
COMMENT ON COLUMN contact.address IS 'Street and number. Unit: text. Category: contact.';
COMMENT ON COLUMN contact.postal_code IS 'Postal code. Unit: 5 digits. Category: location.';
COMMENT ON COLUMN contact.city IS 'Town. Unit: text. Category: location.';
COMMENT ON COLUMN contact.agency IS
  'Agency of the fund in charge. Unit: code of 2 digits. Category: social.';
COMMENT ON COLUMN contact.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN contact.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN contact.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN contact.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS account (
  immat        text NOT NULL,
  rib          text,
  holder       text,
  payment_mode text,
  valid_from   date,
  valid_to     date,
  sys_from     timestamptz NOT NULL,
  sys_to       timestamptz,
  CHECK (payment_mode IN ('V', 'C', 'M')),
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE account IS 'The account a person is paid to, with its history';
COMMENT ON COLUMN account.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN account.rib IS 'Bank account. Unit: RIB of 24 digits. Category: financial.';
COMMENT ON COLUMN account.holder IS
  'Holder of the account, if somebody else. Unit: text. Category: financial.';
COMMENT ON COLUMN account.payment_mode IS
  'How benefits are paid. Unit: V transfer, C cash, M money order. Category: financial.';
COMMENT ON COLUMN account.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN account.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN account.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN account.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
