-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Pensions: rights as they add up, pensions as they are granted and paid.

SET search_path = fund;

CREATE TABLE IF NOT EXISTS pension_right (
  immat            text NOT NULL,
  insured_days     integer NOT NULL,
  year_days        smallint,
  reference_salary numeric(13,2),
  simulated_age    smallint,
  valid_from       date,
  valid_to         date,
  sys_from         timestamptz NOT NULL,
  sys_to           timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (insured_days >= 0),
  CHECK (year_days BETWEEN 0 AND 312),
  CHECK (reference_salary >= 0)
);
COMMENT ON TABLE pension_right IS 'Rights of a person, written up once a year or more often';
COMMENT ON COLUMN pension_right.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN pension_right.insured_days IS
  'Days insured so far. Unit: days. Category: social.';
COMMENT ON COLUMN pension_right.year_days IS
  'Days of insurance in the calendar year of valid_from. Unit: days, 0 to 312. Category: social.';
COMMENT ON COLUMN pension_right.reference_salary IS
  'Salary that a pension would be reckoned from. Unit: MAD a month. Category: financial.';
COMMENT ON COLUMN pension_right.simulated_age IS
  'Age at which a full pension is reached. Unit: years. Category: social.';
COMMENT ON COLUMN pension_right.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN pension_right.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN pension_right.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN pension_right.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS pension (
  pension_no  text NOT NULL,
  immat       text NOT NULL,
  kind        text NOT NULL,
  rights_from text,
  starts_on   date NOT NULL,
  rate        numeric(5,2),
  amount      numeric(13,2) NOT NULL,
  revalued_on date,
  revaluation numeric(5,2),
  valid_from  date,
  valid_to    date,
  sys_from    timestamptz NOT NULL,
  sys_to      timestamptz,
  CHECK (valid_from < valid_to),
  CHECK (isfinite(valid_from) AND isfinite(valid_to)),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to)),
  CHECK (kind IN ('V', 'I', 'S')),
  CHECK (amount >= 0),
  CHECK (rate BETWEEN 0 AND 100)
);
COMMENT ON TABLE pension IS 'A pension as granted and revalued, with its history';
COMMENT ON COLUMN pension.pension_no IS 'Number of the pension. Unit: text. Category: key.';
COMMENT ON COLUMN pension.immat IS
  'Registration number of the insured person. Unit: 9 digits. Category: key.';
COMMENT ON COLUMN pension.kind IS
  'Sort of pension. Unit: V old age, I invalidity, S survivor. Category: social.';
COMMENT ON COLUMN pension.rights_from IS
  'The insured person whose rights a survivor draws on. Unit: registration number. Category: '
  'family.';
COMMENT ON COLUMN pension.starts_on IS 'First day it is due. Unit: date. Category: social.';
COMMENT ON COLUMN pension.rate IS
  'Share of the reference salary. Unit: per cent. Category: social.';
COMMENT ON COLUMN pension.amount IS 'What is due. Unit: MAD a month. Category: financial.';
COMMENT ON COLUMN pension.revalued_on IS
  'Day of the last revaluation; empty: none so far. Unit: date. Category: financial.';
COMMENT ON COLUMN pension.revaluation IS
  'How much that raised the pension. Unit: percent. Category: financial.';
COMMENT ON COLUMN pension.valid_from IS
  'First day on which the row was true in the world; empty: since ever. Unit: date. Category:'
  ' time.';
COMMENT ON COLUMN pension.valid_to IS
  'First day on which it was no longer true; empty: still true, or no end was known. Unit: '
  'date. Category: time.';
COMMENT ON COLUMN pension.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN pension.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';

CREATE TABLE IF NOT EXISTS pension_payment (
  pension_no text NOT NULL,
  period     date NOT NULL,
  amount     numeric(13,2) NOT NULL,
  rib        text,
  sys_from   timestamptz NOT NULL,
  sys_to     timestamptz,
  CHECK (extract(day FROM period) = 1),
  CHECK (sys_from < sys_to),
  CHECK (isfinite(sys_from) AND isfinite(sys_to))
);
COMMENT ON TABLE pension_payment IS 'What was paid of a pension for a month';
COMMENT ON COLUMN pension_payment.pension_no IS
  'Number of the pension. Unit: text. Category: key.';
COMMENT ON COLUMN pension_payment.period IS
  'The month it is for, as its first day. Unit: month. Category: time.';
COMMENT ON COLUMN pension_payment.amount IS 'What was paid. Unit: MAD. Category: financial.';
COMMENT ON COLUMN pension_payment.rib IS
  'The account it went to. Unit: RIB of 24 digits. Category: financial.';
COMMENT ON COLUMN pension_payment.sys_from IS
  'When the system took the row in. Unit: moment. Category: time.';
COMMENT ON COLUMN pension_payment.sys_to IS
  'When the system replaced or withdrew it; empty: it holds now. Unit: moment. Category: time.';
